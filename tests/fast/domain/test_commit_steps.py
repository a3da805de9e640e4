"""A commit comes to a version or to a reason; until it does, nothing of the app has changed."""

import contextlib
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.apps import default_of, list_versions
from allgo_hpc.commits import candidate
from allgo_hpc.commits.ask import abort_commit, ask_commit, retry_commit
from allgo_hpc.commits.moves import move_commit
from allgo_hpc.commits.states import CommitState
from allgo_hpc.commits.steps import step
from allgo_hpc.errors import Conflict
from allgo_hpc.models import AppEvent, Commit, Job, Version, utc_now
from allgo_hpc.samples.store import keep_sample
from allgo_hpc.sandboxes.ask import start_sandbox
from allgo_hpc.sandboxes.steps import step as sandbox_step
from allgo_hpc.submitting.submission import new_staging
from allgo_hpc.sweeping.sweep import sweep
from containers import NodeTimedOut, RequestRefused
from slurm import State
from tests.fast.domain.workbench import Looked, Workbench

NEW = b"the new image"


@pytest.fixture(autouse=True)
def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The inspection of real images is tested in tests/containers; here it finds what it is asked to."""
    look = Looked()
    monkeypatch.setattr(candidate, "inspect_image", look)
    return look.refused


@pytest.fixture
def sandbox(bench: Workbench) -> None:
    sandbox_step(bench.session, bench.services, start_sandbox(bench.session, bench.services, bench.author, bench.app))


def _turn(bench: Workbench, commit: Commit, times: int = 1) -> str:
    for _ in range(times):
        with bench.sessions() as session:
            step(session, bench.services, session.get_one(Commit, commit.id))
    bench.session.expire_all()
    return commit.state


def _committed(bench: Workbench, **more: Any) -> Commit:
    """A commit whose image the build node has made."""
    commit = ask_commit(bench.session, bench.author, bench.app, **more)
    assert _turn(bench, commit) == "building"
    bench.node.make(commit.uuid, NEW)
    return commit


def _sample(bench: Workbench, param: str = "-n 1") -> None:
    with new_staging(bench.services) as staging:
        with staging.new_file("in.txt", field="files[0]") as file:
            file.write(b"words\n")
        keep_sample(bench.session, bench.services, bench.author, bench.app, staging, param=param)


def _served(bench: Workbench) -> int | None:
    versions = list_versions(bench.session, bench.app)
    default = default_of(bench.app, versions)
    return default.number if default is not None else None


@pytest.mark.usefixtures("sandbox")
def test_a_whole_life(bench: Workbench) -> None:
    _sample(bench)
    commit = _committed(bench, changelog="now with words", publish=True)
    assert _turn(bench, commit) == "fetching"
    assert _turn(bench, commit) == "checking"
    assert _turn(bench, commit) == "testing"
    assert (_served(bench), len(list_versions(bench.session, bench.app))) == (1, 1), "nobody sees it yet"
    assert _turn(bench, commit) == "testing"
    job = bench.session.get_one(Job, commit.job_id)
    assert (job.param, job.sha256, job.user_id) == ("-n 1", hashlib.sha256(NEW).hexdigest(), bench.author.id)
    assert (bench.services.layout.job_dir(job) / "in.txt").read_bytes() == b"words\n"
    assert commit.reason == f"Its sample runs as job {job.id} (submitted)."
    _end(bench, job, 0)
    assert _turn(bench, commit) == "ready"
    assert commit.version is not None
    assert (commit.version.number, commit.version.changelog, commit.version.origin) == (2, "now with words", "sandbox")
    assert commit.version.packages == [{"name": "bash", "version": "5.2"}]
    assert _served(bench) == 2
    assert bench.services.layout.image("textstats", commit.version.sha256).read_bytes() == NEW
    assert (bench.node.built, bench.node.commits) == ({}, {}), "the build node keeps nothing of it"
    states = [one.new for one in bench.session.scalars(select(AppEvent).where(AppEvent.commit_id == commit.id))]
    assert states == ["waiting", "building", "fetching", "checking", "testing", "ready"]


def _end(bench: Workbench, job: Job, code: int) -> None:
    state = State.COMPLETED if code == 0 else State.FAILED
    bench.slurm.say(job.uuid, state, exit_code=code, signal=0)
    with bench.sessions() as session:
        sweep(session, bench.services, utc_now())


@pytest.mark.usefixtures("sandbox")
def test_a_sample_that_fails_makes_no_version(bench: Workbench) -> None:
    _sample(bench)
    commit = _committed(bench, publish=True)
    _turn(bench, commit, 4)
    _end(bench, bench.session.get_one(Job, commit.job_id), 3)
    assert _turn(bench, commit) == "failed"
    assert "exit code 3" in commit.reason
    assert (_served(bench), len(list_versions(bench.session, bench.app, deleted=True))) == (1, 1)
    assert bench.node.sandboxes["textstats"]["state"] == "running", "the sandbox is as it was"
    again = retry_commit(bench.session, bench.author, commit)
    assert (again.retry_of, again.state, again.publish) == (commit.id, "waiting", True)


@pytest.mark.usefixtures("sandbox")
def test_without_a_sample_it_is_ready_and_not_published(bench: Workbench) -> None:
    commit = _committed(bench, publish=True)
    assert _turn(bench, commit, 4) == "ready"
    assert "no sample" in commit.reason
    assert (_served(bench), len(list_versions(bench.session, bench.app))) == (1, 2)


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(("said", "publish"), [(None, False), (True, True), (False, False)])
def test_the_app_says_whether_it_is_published_unless_its_author_does(
    bench: Workbench, *, said: bool | None, publish: bool
) -> None:
    bench.app.auto_publish = False
    bench.session.commit()
    assert ask_commit(bench.session, bench.author, bench.app, publish=said).publish is publish


@pytest.mark.usefixtures("sandbox")
def test_a_build_that_fails_says_why_with_the_log(bench: Workbench) -> None:
    commit = ask_commit(bench.session, bench.author, bench.app)
    _turn(bench, commit)
    bench.node.commits[commit.uuid] |= {"failed": "there is no /home/allgo/entrypoint", "log": "counting the files\n"}
    assert _turn(bench, commit) == "failed"
    assert (commit.reason, commit.log) == ("there is no /home/allgo/entrypoint", "counting the files\n")


@pytest.mark.usefixtures("sandbox")
def test_an_image_that_cannot_run_is_none(bench: Workbench, looked_at: list[str]) -> None:
    looked_at.append("the entrypoint's interpreter /bin/nosuch is not in the image")
    commit = _committed(bench)
    assert _turn(bench, commit, 3) == "failed"
    assert "nosuch" in commit.reason
    assert list(bench.services.layout.images.glob("*/.*")) == [], "what was fetched is removed"


@pytest.mark.usefixtures("sandbox")
def test_another_file_than_the_build_node_told_is_refused(bench: Workbench) -> None:
    commit = _committed(bench)
    sha256 = bench.node.commits[commit.uuid]["sha256"]
    bench.node.built[sha256] = NEW[:-1] + b"?"
    assert _turn(bench, commit, 3) == "failed"
    assert "not the one that was announced" in commit.reason


@pytest.mark.usefixtures("sandbox")
def test_progress_is_noted_without_an_event_each(bench: Workbench) -> None:
    commit = ask_commit(bench.session, bench.author, bench.app)
    _turn(bench, commit)
    bench.node.commits[commit.uuid] |= {"percent": 40, "log": "packing\n"}
    _turn(bench, commit)
    assert (commit.state, commit.percent, commit.log) == ("building", 40, "packing\n")
    assert len(bench.session.scalars(select(AppEvent).where(AppEvent.commit_id == commit.id)).all()) == 2


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("turns", range(5))
def test_a_build_node_that_goes_away_is_waited_for(bench: Workbench, turns: int) -> None:
    commit = ask_commit(bench.session, bench.author, bench.app)
    for turn in range(8):
        if turn == turns:
            bench.node.down = True
            before = _turn(bench, commit)
            _turn(bench, commit, 3)
            assert commit.state in {before, "testing", "ready"}
            bench.node.down = False
        _turn(bench, commit)
        if commit.uuid in bench.node.commits and commit.state == "building":
            bench.node.make(commit.uuid, NEW)
    assert commit.state == "ready"
    assert bench.node.calls["commit"] <= 5


@pytest.mark.usefixtures("sandbox")
def test_one_commit_of_an_app_at_a_time(bench: Workbench) -> None:
    first = ask_commit(bench.session, bench.author, bench.app)
    with pytest.raises(Conflict, match=f"commit {first.id}, waiting"):
        ask_commit(bench.session, bench.author, bench.app)
    with pytest.raises(Conflict, match="still waiting"):
        retry_commit(bench.session, bench.author, first)


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("turns", range(5))
def test_aborted_at_any_step(bench: Workbench, turns: int) -> None:
    _sample(bench)
    commit = ask_commit(bench.session, bench.author, bench.app)
    for _ in range(turns):
        _turn(bench, commit)
        if commit.state == "building":
            bench.node.make(commit.uuid, NEW)
    abort_commit(bench.session, commit)
    abort_commit(bench.session, commit)
    assert _turn(bench, commit) == "aborted"
    assert bench.node.commits == {}
    assert list(bench.services.layout.images.glob("*/.*")) == []
    assert _served(bench) == 1
    if commit.job_id is not None:
        assert bench.session.get_one(Job, commit.job_id).cancel_at is not None
    with pytest.raises(Conflict, match="has ended"):
        abort_commit(bench.session, commit)
    assert ask_commit(bench.session, bench.author, bench.app).state == "waiting"


@pytest.mark.usefixtures("sandbox")
def test_done_again_after_a_crash_it_is_one_version_and_one_job(bench: Workbench) -> None:
    """The process is killed after each write and before the next."""
    _sample(bench)
    commit = _committed(bench, publish=True)
    _turn(bench, commit, 2)
    with bench.sessions() as session:
        candidate.check_image(session, bench.services, session.get_one(Commit, commit.id))
    assert _turn(bench, commit) == "testing"
    assert len(bench.session.scalars(select(Version)).all()) == 2
    _turn(bench, commit)
    job_id, commit.job_id = commit.job_id, None
    bench.session.commit()
    _turn(bench, commit)
    assert commit.job_id == job_id
    assert len(bench.session.scalars(select(Job)).all()) == 1


@pytest.mark.usefixtures("sandbox")
def test_what_is_refused_of_the_test_job_ends_it(bench: Workbench) -> None:
    _sample(bench)
    commit = _committed(bench)
    bench.author.active = False
    bench.session.commit()
    assert _turn(bench, commit, 4) == "failed"
    assert "closed" in commit.reason


@pytest.mark.parametrize(
    ("error", "state"),
    [(NodeTimedOut("no answer"), "waiting"), (RequestRefused("unknown_sandbox", "there is none"), "failed")],
)
@pytest.mark.usefixtures("sandbox")
def test_what_may_pass_is_waited_for(bench: Workbench, error: Any, state: str) -> None:
    commit = ask_commit(bench.session, bench.author, bench.app)
    bench.node.refuses["commit"] = error
    assert _turn(bench, commit) == state


def test_without_a_sandbox_there_is_nothing_to_commit(bench: Workbench) -> None:
    with pytest.raises(Conflict, match="no sandbox"):
        ask_commit(bench.session, bench.author, bench.app)


@pytest.mark.usefixtures("sandbox")
def test_aborted_while_its_image_comes_over(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = _committed(bench)
    assert _turn(bench, commit) == "fetching"
    real = bench.node.fetch

    @contextlib.contextmanager
    def fetch(*given: Any, **more: Any) -> Iterator[Any]:
        with real(*given, **more) as found:
            abort_commit(bench.session, commit)
            yield found

    monkeypatch.setattr(bench.node, "fetch", fetch)
    assert _turn(bench, commit) == "fetching", "it is cut off, not fetched to the end"
    assert _turn(bench, commit) == "aborted"
    assert list(bench.services.layout.images.glob("*/.*")) == []


@pytest.mark.usefixtures("sandbox")
def test_of_two_that_move_it_at_once_one_does(bench: Workbench) -> None:
    commit = ask_commit(bench.session, bench.author, bench.app)
    with bench.sessions() as session:
        assert move_commit(session, session.get_one(Commit, commit.id), CommitState.ABORTED)
    assert not move_commit(bench.session, commit, CommitState.BUILDING)
    assert commit.state == "aborted", "what an author ended does not come to life again"
    states = [one.new for one in bench.session.scalars(select(AppEvent).where(AppEvent.commit_id == commit.id))]
    assert states == ["waiting", "aborted"]


@pytest.mark.usefixtures("sandbox")
def test_a_storage_that_is_away_is_told_and_waited_for(bench: Workbench) -> None:
    _sample(bench)
    commit = _committed(bench)
    _turn(bench, commit, 3)
    samples = bench.services.layout.samples
    samples.rename(samples.with_name("away"))
    assert _turn(bench, commit) == "testing"
    assert "storage cannot be reached" in commit.reason
    samples.with_name("away").rename(samples)
    assert _turn(bench, commit) == "testing"
    assert "Its sample runs" in commit.reason


def _delivered(bench: Workbench, data: bytes = NEW) -> Commit:
    """A commit whose image the build node says to have put among the portal's."""
    commit = _committed(bench)
    bench.node.commits[commit.uuid]["delivered"] = True
    place = bench.services.layout.images / "textstats" / f".{commit.uuid}.fetched"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    place.chmod(0o444)
    return commit


@pytest.mark.usefixtures("sandbox")
def test_what_the_build_node_has_delivered_is_not_fetched(bench: Workbench) -> None:
    commit = _delivered(bench)
    assert [_turn(bench, commit) for _ in range(3)] == ["checking", "testing", "ready"]
    assert bench.node.calls["fetch-built"] == 0
    assert commit.version is not None
    assert bench.services.layout.image("textstats", commit.version.sha256).read_bytes() == NEW
    assert (bench.node.built, bench.node.commits) == ({}, {}), "the build node keeps nothing of it"


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("there", ["nothing", "half", "link"])
def test_what_it_has_put_elsewhere_is_fetched(bench: Workbench, there: str) -> None:
    commit = _delivered(bench, NEW[:-1])
    place = bench.services.layout.images / "textstats" / f".{commit.uuid}.fetched"
    if there != "half":
        place.unlink()
    if there == "link":
        other = place.with_name("other")
        other.write_bytes(NEW)
        place.symlink_to(other)
    assert [_turn(bench, commit) for _ in range(4)] == ["fetching", "checking", "testing", "ready"]
    assert bench.node.calls["fetch-built"] == 1


@pytest.mark.usefixtures("sandbox")
def test_another_file_than_was_told_is_refused_where_it_was_delivered(bench: Workbench) -> None:
    commit = _delivered(bench, NEW[:-1] + b"?")
    assert _turn(bench, commit, 2) == "failed"
    assert list(bench.services.layout.images.glob("*/.*")) == []


@pytest.mark.usefixtures("sandbox")
def test_a_version_does_not_wait_for_the_build_nodes_tidying(bench: Workbench) -> None:
    commit = _committed(bench)
    bench.node.refuses["commit-end"] = RequestRefused("failed", "it cannot be ended")
    assert _turn(bench, commit, 4) == "ready"
