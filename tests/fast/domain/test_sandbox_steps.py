"""A sandbox comes to where its author wants it, whatever the build node does meanwhile."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.models import App, AppEvent, Sandbox, SshKey
from allgo_hpc.sandboxes.ask import discard_sandbox, start_sandbox, stop_sandbox
from allgo_hpc.sandboxes.keys import tell_build_node
from allgo_hpc.sandboxes.steps import step
from allgo_hpc.sandboxes.watch import watch
from containers import RequestRefused
from tests.fast.domain.workbench import Workbench
from tests.fast.ssh_keys import ED25519 as OTHER_KEY

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEuNdJEKTJmwQXs3R8e0J0mEMh4Vpt0n4GfAjo2Jx3mR"


def _started(bench: Workbench) -> Sandbox:
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app)
    step(bench.session, bench.services, made)
    return made


def test_from_the_base_image(bench: Workbench) -> None:
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app)
    assert (made.state, made.origin) == ("starting", "base:debian-13")
    assert bench.node.calls == {}, "the request does not wait for the build node"
    step(bench.session, bench.services, made)
    assert made.state == "running"
    assert bench.node.sandboxes["textstats"]["state"] == "running"
    assert bench.node.sandboxes["textstats"]["image"] == made.sha256
    assert [(one.old, one.new) for one in bench.session.query(AppEvent)] == [("", "starting"), ("starting", "running")]


def test_from_a_version(bench: Workbench) -> None:
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app, version="1")
    step(bench.session, bench.services, made)
    assert (made.state, made.origin) == ("running", "version:1")
    assert made.sha256 == bench.version.sha256


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"base": "debian-99"}, "base"), ({"base": "../etc"}, "base"), ({"base": "\x1b[2J"}, "base"),
        ({"base": "debian-13", "version": "1"}, "base"),
    ],
)  # fmt: skip
def test_a_wrong_beginning_is_refused(bench: Workbench, more: dict[str, str], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        start_sandbox(bench.session, bench.services, bench.author, bench.app, **more)
    assert refused.value.field == field
    assert bench.session.get(Sandbox, bench.app.id) is None


def test_from_a_base_that_the_site_brought(bench: Workbench) -> None:
    (bench.services.layout.bases / "rocky-9.sif").write_bytes(b"another base")
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app, base="rocky-9")
    step(bench.session, bench.services, made)
    assert (made.state, made.origin) == ("running", "base:rocky-9")


def test_the_authors_keys_are_told_before_it_runs(bench: Workbench) -> None:
    bench.add_key(KEY)
    _started(bench)
    assert [line.split()[1] for line in bench.node.sandboxes["textstats"]["lines"]] == [KEY.split()[1]]


def test_whoever_started_it_may_log_in_beside_its_author(bench: Workbench) -> None:
    bench.add_key(KEY)
    root = add_user(bench.session, name="boss", email="boss@example.org", role="admin")
    kind, blob = OTHER_KEY.split()[:2]
    bench.session.add(SshKey(user_id=root.id, name="b", type=kind, blob=blob, fingerprint="SHA256:y", bits=256))
    bench.session.commit()
    made = start_sandbox(bench.session, bench.services, root, bench.app)
    step(bench.session, bench.services, made)
    assert {line.split()[1] for line in bench.node.sandboxes["textstats"]["lines"]} == {KEY.split()[1], blob}
    for user in (root, bench.author):
        assert made.keys_sha256
        tell_build_node(bench.session, user)
        bench.session.commit()
        bench.session.refresh(made)
        assert made.keys_sha256 == "", "told anew when either's keys change"
        step(bench.session, bench.services, made)


def test_a_key_that_was_revoked_is_taken_away(bench: Workbench) -> None:
    key = bench.add_key(KEY)
    _started(bench)
    watch(bench.session, bench.services)
    assert bench.node.calls["keys"] == 1, "told once, unless something changed"
    bench.session.delete(bench.session.get_one(SshKey, key.id))
    bench.session.commit()
    watch(bench.session, bench.services)
    assert bench.node.sandboxes["textstats"]["lines"] == []


def test_a_build_node_that_is_down_is_waited_for(bench: Workbench) -> None:
    bench.node.down = True
    made = _started(bench)
    assert made.state == "starting"
    assert "cannot be reached" in made.reason
    bench.node.down = False
    step(bench.session, bench.services, made)
    assert (made.state, made.reason) == ("running", "")


@pytest.mark.parametrize("verb", ["create", "keys", "start"])
def test_cut_off_at_any_call_it_is_finished_by_the_next_turn(bench: Workbench, verb: str) -> None:
    bench.node.refuses[verb] = RequestRefused("busy", "something else is being done with it")
    made = _started(bench)
    assert made.state == "starting"
    del bench.node.refuses[verb]
    step(bench.session, bench.services, made)
    assert made.state == "running"
    assert bench.node.calls["create"] == (2 if verb == "create" else 1), "what was made is not made again"


def test_a_full_disk_is_told_and_can_be_tried_again(bench: Workbench) -> None:
    bench.node.refuses["create"] = RequestRefused("no_room", "the build node's disk has 12 MB left")
    made = _started(bench)
    assert (made.state, made.reason) == ("error", "the build node's disk has 12 MB left")
    bench.node.refuses.clear()
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    step(bench.session, bench.services, made)
    assert made.state == "running"


def test_stopped_and_started_again_it_is_the_same(bench: Workbench) -> None:
    made = _started(bench)
    stop_sandbox(bench.session, bench.app)
    step(bench.session, bench.services, made)
    assert (made.state, bench.node.sandboxes["textstats"]["state"]) == ("stopped", "stopped")
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    step(bench.session, bench.services, made)
    assert (made.state, bench.node.calls["create"], bench.node.calls["delete"]) == ("running", 1, 0)


def test_begun_from_something_else_only_when_anew_is_said(bench: Workbench) -> None:
    made = _started(bench)
    with pytest.raises(Conflict, match="say anew"):
        start_sandbox(bench.session, bench.services, bench.author, bench.app, version="1")
    start_sandbox(bench.session, bench.services, bench.author, bench.app, version="1", anew=True)
    step(bench.session, bench.services, made)
    assert (made.state, made.origin, bench.node.calls["delete"]) == ("running", "version:1", 1)
    assert bench.node.sandboxes["textstats"]["image"] == bench.version.sha256


def test_a_new_one_is_told_the_keys_again(bench: Workbench) -> None:
    bench.add_key(KEY)
    made = _started(bench)
    start_sandbox(bench.session, bench.services, bench.author, bench.app, anew=True)
    step(bench.session, bench.services, made)
    assert len(bench.node.sandboxes["textstats"]["lines"]) == 1


def test_given_up(bench: Workbench) -> None:
    made = _started(bench)
    discard_sandbox(bench.session, bench.app)
    step(bench.session, bench.services, made)
    assert bench.session.get(Sandbox, bench.app.id) is None
    assert bench.node.sandboxes == {}


def test_nothing_twice_at_once(bench: Workbench) -> None:
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app)
    with pytest.raises(Conflict, match="is starting"):
        start_sandbox(bench.session, bench.services, bench.author, bench.app)
    step(bench.session, bench.services, made)
    discard_sandbox(bench.session, bench.app)
    for act in (
        lambda: start_sandbox(bench.session, bench.services, bench.author, bench.app),
        lambda: stop_sandbox(bench.session, bench.app),
        lambda: discard_sandbox(bench.session, bench.app),
    ):
        with pytest.raises(Conflict, match="is discarding"):
            act()


@pytest.mark.parametrize("act", [stop_sandbox, discard_sandbox])
def test_one_that_waits_for_the_build_node_can_be_given_up(
    bench: Workbench, act: Callable[[Session, App], Sandbox]
) -> None:
    bench.node.down = True
    made = _started(bench)
    assert made.state == "starting"
    act(bench.session, bench.app)
    bench.node.down = False
    step(bench.session, bench.services, made)
    assert bench.node.sandboxes == {}
    left = bench.session.get(Sandbox, bench.app.id)
    assert (left.state if left is not None else None) == ("stopped" if act is stop_sandbox else None)
    again = start_sandbox(bench.session, bench.services, bench.author, bench.app)
    step(bench.session, bench.services, again)
    assert again.state == "running"


def test_one_that_the_build_node_stopped_is_told_as_stopped(bench: Workbench) -> None:
    made = _started(bench)
    bench.node.idle = ["textstats"]
    watch(bench.session, bench.services)
    assert made.state == "stopped"
    assert "nothing happened in it" in made.reason
    bench.node.idle = []
    start_sandbox(bench.session, bench.services, bench.author, bench.app)
    step(bench.session, bench.services, made)
    bench.node.sandboxes["textstats"]["state"] = "stopped"
    watch(bench.session, bench.services)
    assert "started anew" in made.reason


def test_without_a_build_node_it_is_said(bench: Workbench) -> None:
    with pytest.raises(Conflict, match="no build node"):
        start_sandbox(bench.session, bench.without_node(), bench.author, bench.app)


def test_an_image_that_is_gone_is_told_and_another_beginning_helps(bench: Workbench) -> None:
    image = bench.services.layout.image("textstats", bench.version.sha256)
    image.unlink()
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app, version="1")
    step(bench.session, bench.services, made)
    assert (made.state, "version 1 is not there any more" in made.reason) == ("error", True)
    start_sandbox(bench.session, bench.services, bench.author, bench.app, base="debian-13", anew=True)
    step(bench.session, bench.services, made)
    assert made.state == "running"


def test_a_storage_that_is_away_is_waited_for(bench: Workbench) -> None:
    images = bench.services.layout.images
    images.rename(images.with_name("away"))
    made = start_sandbox(bench.session, bench.services, bench.author, bench.app, version="1")
    step(bench.session, bench.services, made)
    assert (made.state, "storage cannot be reached" in made.reason) == ("starting", True)
    images.with_name("away").rename(images)
    step(bench.session, bench.services, made)
    assert made.state == "running"
