"""Making and changing apps: who may, what may be said, what the history tells."""

import threading
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allgo_hpc.accounts import add_user
from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.create import create_app
from allgo_hpc.authoring.history import list_changes, who
from allgo_hpc.authoring.names import RESERVED, check_name, check_new_name
from allgo_hpc.authoring.properties import PROPERTIES, Rules, check_properties, default_properties
from allgo_hpc.errors import BadInput, Conflict, NotAllowed
from allgo_hpc.models import App, AppChange, User
from allgo_hpc.settings import Settings
from tests import hostile
from tests.fast.domain.world import World, add_app, make_services

RULES = Rules(Settings(gpus_max=2), ["debian-13", "debian-12"])


def _author(world: World) -> User:
    return world.app.owner


def _history(world: World, app: App) -> list[tuple[str, Any, Any]]:
    return [(one.what, one.old, one.new) for one in list_changes(world.session, app, limit=100)[0]][::-1]


def test_a_name_is_enough(world: World) -> None:
    app = create_app(world.session, world.services, _author(world), "filter")
    world.session.refresh(app)
    assert (app.title, app.public, app.default_queue, app.memory_mb, app.cpus, app.gpus) == (
        "filter", False, "standard", 1024, 1, 0,
    )  # fmt: skip
    assert (app.base, app.network, app.auto_publish, app.default_version) == ("debian-13", False, True, None)
    assert (app.tags, app.presets, app.parameters, app.versions) == ([], [], [], [])
    assert _history(world, app) == [("created", None, "filter")]


@pytest.mark.parametrize(
    "name",
    ["", "A", "1a", "a_b", "a.b", "a b", "-a", "../x", "/etc", "a/b", "a\n", "é", "x" * 33, *hostile.TEXTS],
    ids=ascii,
)
def test_what_is_no_name_is_refused(name: str) -> None:
    if name in {"con", "e", "x" * 300}:
        return
    with pytest.raises(BadInput, match="1 to 32") as caught:
        check_name(name)
    assert caught.value.field == "name"


@pytest.mark.parametrize("name", ["root", "sshd", "nobody", "allgo", "systemd-network", "allgo-hpc-x", "www-data"])
def test_an_account_of_the_system_is_no_name_for_a_new_app(name: str) -> None:
    assert check_name(name) == name, "one that is there already stays"
    with pytest.raises(BadInput, match="account of the system"):
        check_new_name(name)


def test_every_reserved_name_could_be_one() -> None:
    assert [name for name in sorted(RESERVED) if check_name(name) != name] == []


@pytest.mark.parametrize("role", ["user"])
def test_only_authors_make_apps(world: World, role: str) -> None:
    with pytest.raises(NotAllowed, match="is no author") as caught:
        create_app(world.session, world.services, world.user, "filter")
    assert caught.value.code == "no_author"
    world.user.role = "admin"
    assert create_app(world.session, world.services, world.user, "filter").name == "filter"
    world.user.active = False
    with pytest.raises(NotAllowed, match="closed"):
        create_app(world.session, world.services, world.user, "other")


def test_a_name_is_taken_once(world: World) -> None:
    with pytest.raises(Conflict) as caught:
        create_app(world.session, world.services, _author(world), "textstats")
    assert (caught.value.code, caught.value.field) == ("name_taken", "name")


def test_two_at_once_make_one(world: World) -> None:
    authors = [add_user(world.session, name=f"a{n}", email=f"a{n}@example.org", role="author").id for n in range(4)]
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def make(number: int) -> None:
        with world.sessions() as session:
            author = session.get_one(User, number)
            gate.wait(10)
            try:
                create_app(session, world.services, author, "filter")
                outcomes.append("made")
            except Conflict as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=make, args=(number,)) for number in authors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["made", "name_taken", "name_taken", "name_taken"]


def test_an_author_has_as_many_as_the_site_allows(world: World) -> None:
    services = make_services(world.services.layout.root, world.slurm, apps_max=2, contact="ops@example.org")
    create_app(world.session, services, _author(world), "second")
    with pytest.raises(NotAllowed, match=r"you have 2 apps.*ops@example\.org") as caught:
        create_app(world.session, services, _author(world), "third")
    assert caught.value.code == "quota_exceeded"


GOOD: dict[str, Any] = {
    "title": "Denoise 🙂", "description": "# Hi\n\n* a\tb\r\n", "contact": "ada@example.org",
    "citation": "Ada, *Notes*.", "example_job_id": 7,
    "tags": ["Image", "e\u0301"],
    "public": True, "default_queue": "batch", "memory_mb": 16, "cpus": 64, "gpus": 2, "network": True,
    "disk_scratch": True, "input_max_bytes": 1, "rerun_after_node_failure": True, "base": "debian-12",
    "auto_publish": False, "presets": [{"name": "Fast", "param": "-i 1"}],
    "parameters": [{"name": "n", "type": "number", "option": "-i"}],
}  # fmt: skip


def test_each_property_is_taken() -> None:
    assert set(GOOD) == set(PROPERTIES)
    made = check_properties(GOOD, RULES)
    assert made["tags"] == ["image", "\u00e9"]
    assert made["description"] == "# Hi\n\n* a\tb"
    assert made["presets"] == [{"name": "Fast", "param": "-i 1", "explanation": ""}]
    assert made["parameters"][0]["required"] is False
    same = set(GOOD) - {"tags", "description", "presets", "parameters"}
    assert {name: made[name] for name in same} == {name: GOOD[name] for name in same}
    assert set(default_properties("x", RULES.settings)) < set(PROPERTIES)


BAD: list[tuple[str, Any, str]] = [
    ("title", "", "at least one"), ("title", "  ", "at least one"), ("title", "x" * 201, "limit is 200"),
    ("title", 5, "a text"), ("title", None, "a text"), ("title", "a\nb", "U+000A"), ("title", "\ud800", "U+D800"),
    ("description", "a\0b", "U+0000"), ("description", "x" * 100_001, "limit is 100000"),
    ("contact", "a\r\nBcc: x", "U+000D"), ("contact", "x" * 255, "limit is 254"),
    ("tags", "image", "a list"), ("tags", ["a", "A"], "the same"), ("tags", [""], "1 to 32"), ("tags", [5], "a text"),
    ("tags", ["\u0130" * 32], "1 to 32"), ("tags", [str(n) for n in range(21)], "more than 20"),
    ("public", 1, "true or false"), ("public", "true", "true or false"), ("public", None, "true or false"),
    ("default_queue", "standrad", "did you mean 'standard'"), ("default_queue", "", "no queue"),
    ("default_queue", "a\nb", "(what was sent)"), ("memory_mb", 15, "16 to"), ("memory_mb", True, "whole number"),
    ("memory_mb", 64.0, "whole number"), ("memory_mb", "64", "whole number"), ("memory_mb", 10**400, "16 to"),
    ("cpus", 0, "1 to 64"), ("cpus", 65, "1 to 64"), ("gpus", -1, "0 to 2"), ("gpus", 3, "0 to 2"),
    ("input_max_bytes", 0, "1 to"), ("input_max_bytes", 2**63, "1 to"), ("input_max_bytes", 1.5, "whole number"),
    ("base", "debian-14", "did you mean 'debian-1"), ("base", "../../etc/passwd", "no base image"),
    ("presets", {}, "a list"), ("presets", [5], "tables"), ("presets", [{"nmae": "x"}], "did you mean 'name'"),
    ("presets", [{"name": "x", "param": "it's"}], "not closed"), ("presets", [{"name": 5}], "a text"),
    ("parameters", [{"name": "x", "type": "nubmer"}], "did you mean 'number'"), ("parameters", [None], "tables"),
    ("nmae", 5, "no property 'nmae'"), ("owner_id", 1, "no property"), ("done_jobs", 1, "no property"),
    ("titel", "x", "did you mean 'title'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "part"), BAD, ids=lambda value: ascii(value)[:40])
def test_what_may_not_be_is_named(name: str, value: Any, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_properties({"network": True, name: value}, RULES)
    assert caught.value.field == name
    assert part in str(caught.value)
    assert len(str(caught.value)) < 500


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(PROPERTIES) | st.text(max_size=5), _ANYTHING, max_size=4))
def test_whatever_is_sent_is_taken_or_refused(values: dict[str, Any]) -> None:
    try:
        made = check_properties(values, RULES)
    except BadInput:
        return
    assert made.keys() == values.keys()


def test_a_change_is_there_at_once_and_in_the_history(world: World) -> None:
    session, app = world.session, world.app
    given = {"title": "Words", "tags": ["Text"], "memory_mb": 64, "presets": []}
    assert change_app(session, world.services, _author(world), app, given) == ["title", "tags"]
    assert change_app(session, world.services, None, app, {"title": "Words", "public": False}) == ["public"]
    assert change_app(session, world.services, None, app, {}) == []
    session.expire_all()
    assert (app.title, app.tags, app.public) == ("Words", ["text"], False)
    assert _history(world, app) == [
        ("title", "textstats", "Words"), ("tags", None, ["text"]), ("public", True, False),
    ]  # fmt: skip
    page, more = list_changes(session, app, limit=2)
    assert [who(one) for one in page] == ["administrator (command line)", "author"]
    rest, none = list_changes(session, app, limit=2, before_id=more)
    assert ([one.what for one in rest], none) == (["title"], None)


def test_one_wrong_value_changes_nothing(world: World) -> None:
    with pytest.raises(BadInput):
        change_app(world.session, world.services, None, world.app, {"title": "Other", "cpus": 0})
    world.session.expire_all()
    assert world.app.title == "textstats"
    assert _history(world, world.app) == []


def test_changes_at_once_tell_what_was_before_each(world: World) -> None:
    number, gate = world.app.id, threading.Barrier(5)

    def change(title: str) -> None:
        with world.sessions() as session:
            app = session.get_one(App, number)
            gate.wait(10)
            change_app(session, world.services, None, app, {"title": title})

    threads = [threading.Thread(target=change, args=(f"title {n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    told = _history(world, world.app)
    assert len(told) == 5
    assert [old for _, old, _ in told] == ["textstats", *(new for _, _, new in told[:-1])]


def test_the_history_is_the_apps_own(world: World) -> None:
    other = add_app(world.session, _author(world), "other")
    change_app(world.session, world.services, None, other, {"title": "Other one"})
    assert _history(world, world.app) == []
    assert world.session.query(AppChange).count() == 1


def test_jobs_get_what_the_app_has_when_they_are_accepted(world: World) -> None:
    services = make_services(world.services.layout.root, world.slurm, gpus_max=4)
    earlier = world.submit("-x", {"a": b"1"})
    values = {"default_queue": "batch", "memory_mb": 128, "cpus": 3, "gpus": 2, "network": True}
    change_app(world.session, services, None, world.app, values)
    job = world.submit("-x", {"a": b"1"})
    world.session.refresh(earlier)
    assert (earlier.queue, earlier.memory_mb, earlier.cpus, earlier.gpus) == ("standard", 64, 1, 0)
    assert (job.queue, job.memory_mb, job.cpus, job.gpus) == ("batch", 128, 3, 2)
    spec = world.slurm.submitted[-1]
    assert (spec.partition, spec.memory_mb, spec.cpus, spec.gpus) == ("batch", 128, 3, 2)
    assert "--nv" in spec.command
    assert "--net" not in spec.command
    assert ("--nv" in world.slurm.submitted[0].command, "--net" in world.slurm.submitted[0].command) == (False, True)
