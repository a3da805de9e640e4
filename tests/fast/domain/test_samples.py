"""An app's sample is kept whole, replaced whole, and whatever is killed when, no folder stays that no app has."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from allgo_hpc.errors import BadInput, Conflict, NotFound, StorageFull, TooLarge
from allgo_hpc.housekeeping import remove_forgotten_samples, remove_stale_uploads
from allgo_hpc.models import Job, Sample, utc_now
from allgo_hpc.samples import store
from allgo_hpc.samples.store import copy_inputs, drop_sample, find_sample, keep_sample, keep_sample_of_job
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.submitting.submission import new_staging
from tests.fast.domain.faults import BrokenDatabaseError, fault_at
from tests.fast.domain.world import World, add_app

KilledError = type("KilledError", (BaseException,), {})


def _keep(world: World, param: str = "", files: dict[str, bytes] | None = None) -> Sample:
    with new_staging(world.services) as staging:
        _write(staging, files or {})
        return keep_sample(world.session, world.services, world.user, world.app, staging, param=param)


def _write(staging: Staging, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        with staging.new_file(name, field="files[0]") as file:
            file.write(content)


def _of_job(world: World, job: Job) -> Sample:
    with new_staging(world.services) as staging:
        return keep_sample_of_job(world.session, world.services, world.user, world.app, job, staging)


def _held(world: World) -> dict[str, dict[str, bytes]]:
    """Every folder of samples with its files."""
    return {
        folder.name: {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in world.services.layout.samples.iterdir()
    }


def _tidy(world: World) -> None:
    later = utc_now() + timedelta(days=1)
    remove_stale_uploads(world.session, world.services.layout, before=later)
    remove_forgotten_samples(world.session, world.services.layout, before=later)


def test_files_and_words_are_kept(world: World) -> None:
    sample = _keep(world, "-n 'two words'", {"a.txt": b"words\n", "é 中.bin": b""})
    assert (sample.app_id, sample.user_id, sample.param) == (world.app.id, world.user.id, "-n 'two words'")
    assert sample.files == [{"name": "a.txt", "size": 6}, {"name": "é 中.bin", "size": 0}]
    assert _held(world) == {sample.folder: {"a.txt": b"words\n", "é 中.bin": b""}}
    assert list(world.services.layout.staging.iterdir()) == []
    with new_staging(world.services) as staging:
        copy_inputs(world.services, sample, staging)
        assert {path.name: path.read_bytes() for path in staging.files.iterdir()} == {
            "a.txt": b"words\n",
            "é 中.bin": b"",
        }
    assert _held(world)[sample.folder]["a.txt"] == b"words\n", "copied, not moved"


def test_one_without_files_is_one(world: World) -> None:
    sample = _keep(world, "-n 1")
    assert (sample.files, _held(world)) == ([], {sample.folder: {}})


def test_another_takes_its_place(world: World) -> None:
    first = _keep(world, "1", {"a.txt": b"a"}).folder
    began = find_sample(world.session, world.app).created_at
    second = _keep(world, "2", {"b.txt": b"b"})
    assert (second.param, second.files) == ("2", [{"name": "b.txt", "size": 1}])
    assert second.created_at > began
    assert _held(world) == {second.folder: {"b.txt": b"b"}}
    assert (world.services.layout.trash / first / "a.txt").read_bytes() == b"a"
    assert world.session.query(Sample).count() == 1


@pytest.mark.parametrize("param", ["'", "a\0b", "x" * 100_000, "\x1b[2J'"])
def test_words_that_no_job_could_have_are_refused(world: World, param: str) -> None:
    before = _keep(world, "1", {"a.txt": b"a"})
    with pytest.raises((BadInput, TooLarge)):
        _keep(world, param, {"b.txt": b"b"})
    assert (find_sample(world.session, world.app).param, list(_held(world))) == ("1", [before.folder])
    assert list(world.services.layout.staging.iterdir()) == []


def test_more_bytes_than_a_job_may_have_are_refused(world: World) -> None:
    world.app.input_max_bytes = 3
    world.session.commit()
    _keep(world, "", {"a.txt": b"ab", "b.txt": b"c"})
    with pytest.raises(TooLarge, match="takes 3 bytes") as refused:
        _keep(world, "", {"a.txt": b"ab", "b.txt": b"cd"})
    assert refused.value.field == "files"
    assert len(_held(world)) == 1


def test_given_up(world: World) -> None:
    folder = _keep(world, "", {"a.txt": b"a"}).folder
    drop_sample(world.session, world.services, world.app)
    assert _held(world) == {}
    assert (world.services.layout.trash / folder / "a.txt").exists()
    for act in (find_sample, lambda session, app: drop_sample(session, world.services, app)):
        with pytest.raises(NotFound) as refused:
            act(world.session, world.app)
        assert refused.value.code == "no_sample"


def test_the_inputs_and_words_of_a_job(world: World) -> None:
    job = world.submit("-n 1", {"a.txt": b"a", "b.txt": b"bb"})
    sample = _of_job(world, job)
    assert (sample.param, _held(world)) == ("-n 1", {sample.folder: {"a.txt": b"a", "b.txt": b"bb"}})
    assert (world.services.layout.job_dir(job) / "a.txt").read_bytes() == b"a", "the job keeps its own"


def test_of_which_jobs_it_cannot_be(world: World) -> None:
    other = world.submit(app=add_app(world.session, world.app.owner, "other").name)
    with pytest.raises(BadInput, match="of the app 'other', not of 'textstats'"):
        _of_job(world, other)
    batch = world.batch(2)
    with pytest.raises(BadInput, match="is a batch"):
        _of_job(world, batch)
    assert _of_job(world, world.tasks(batch)[1]).files == [{"name": "1.txt", "size": 1}]


@pytest.mark.parametrize("how", ["changed", "gone", "link", "folder"])
def test_inputs_that_the_app_changed_are_refused(world: World, how: str, tmp_path: Path) -> None:
    job = world.submit("", {"a.txt": b"secret"})
    (tmp_path / "elsewhere").write_bytes(b"secret")
    path = world.services.layout.job_dir(job) / "a.txt"
    path.unlink()
    if how == "changed":
        path.write_bytes(b"SECRET")
    elif how == "link":
        path.symlink_to(tmp_path / "elsewhere")
    elif how == "folder":
        path.mkdir()
    with pytest.raises(Conflict) as refused:
        _of_job(world, job)
    assert refused.value.field == "job"
    assert _held(world) == {}


@pytest.mark.parametrize("first", [True, False], ids=["the first", "another"])
def test_whatever_step_fails_the_one_before_stays(world: World, *, first: bool) -> None:
    kept = None if first else _keep(world, "old", {"old.txt": b"old"}).folder
    world.session.commit()
    for number in range(50):
        with new_staging(world.services) as staging:
            _write(staging, {"new.txt": b"new"})
            try:
                with fault_at(number):
                    keep_sample(world.session, world.services, world.user, world.app, staging, param="new")
            except (StorageFull, OSError, BrokenDatabaseError):
                world.session.rollback()
        now = world.session.get(Sample, world.app.id)
        if now is not None and now.param == "new":
            break  # what failed, if anything did, was after it was stored
        assert (now.folder if now is not None else None) == kept
        assert set(_held(world)) == ({kept} if kept else set())
    else:
        pytest.fail("it never came to an end")
    assert number > 5
    _tidy(world)
    assert _held(world) == {find_sample(world.session, world.app).folder: {"new.txt": b"new"}}


def _killed(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """Let the process be gone at a call: nothing that comes after is done, not even the tidying up."""

    def gone(*_: object, **__: object) -> None:
        raise KilledError

    monkeypatch.setattr(owner, name, gone)
    monkeypatch.setattr(Staging, "take_back", lambda _: None)
    monkeypatch.setattr(Staging, "__exit__", lambda *_: None)


@pytest.mark.parametrize("at", ["_store", "move_to_trash"])
@pytest.mark.parametrize("first", [True, False], ids=["the first", "another"])
def test_killed_in_between_the_housekeeping_removes_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch, at: str, *, first: bool
) -> None:
    kept = None if first else _keep(world, "old", {"a.txt": b"a"}).folder
    with monkeypatch.context() as patch:
        _killed(patch, store, at)
        if first and at == "move_to_trash":
            _keep(world, "new", {"a.txt": b"a"})
        else:
            with pytest.raises(KilledError):
                _keep(world, "new", {"a.txt": b"a"})
    world.session.rollback()
    world.session.expire_all()
    if at == "move_to_trash":
        kept = find_sample(world.session, world.app).folder
    assert len(_held(world)) == 2 - first
    _tidy(world)
    assert list(_held(world)) == ([kept] if kept else [])
    assert list(world.services.layout.staging.iterdir()) == []


def test_killed_after_it_was_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep(world, "", {"a.txt": b"a"})
    other = add_app(world.session, world.app.owner, "other")
    with new_staging(world.services) as staging:
        kept = keep_sample(world.session, world.services, world.user, other, staging, param="")
    with monkeypatch.context() as patch:
        _killed(patch, store, "move_to_trash")
        with pytest.raises(KilledError):
            drop_sample(world.session, world.services, world.app)
    assert len(_held(world)) == 2
    assert remove_forgotten_samples(world.session, world.services.layout, before=utc_now() - timedelta(hours=1)) == 0
    assert len(_held(world)) == 2, "it may be on its way to a row"
    _tidy(world)
    assert list(_held(world)) == [kept.folder]


def test_what_is_no_samples_folder_is_left_alone(world: World) -> None:
    (world.services.layout.samples / "README").write_text("by hand")
    (world.services.layout.samples / "mine").mkdir()
    _tidy(world)
    assert {path.name for path in world.services.layout.samples.iterdir()} == {"README", "mine"}


def test_of_two_at_once_one_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):  # the first one, and another in its place
        real = store._store

        def meanwhile(*given: Any, real: Any = real) -> None:
            monkeypatch.undo()
            with world.sessions() as session, new_staging(world.services) as staging:
                keep_sample(session, world.services, world.user, world.app, staging, param="theirs")
            real(*given)

        monkeypatch.setattr(store, "_store", meanwhile)
        with pytest.raises(Conflict, match="at the same moment"):
            _keep(world, "mine", {"a.txt": b"a"})
        world.session.expire_all()
        assert (find_sample(world.session, world.app).param, len(_held(world))) == ("theirs", 1)


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("look_fails", [True, False])
def test_a_database_that_is_lost_around_the_commit(
    world: World, monkeypatch: pytest.MonkeyPatch, *, stored: bool, look_fails: bool
) -> None:
    real = type(world.session).commit

    def lost(*_: object) -> Any:
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"))

    def commit(session: Any) -> None:
        monkeypatch.undo()
        if stored:
            real(session)
        if look_fails:
            monkeypatch.setattr(type(session), "scalar", lost)
        lost()

    monkeypatch.setattr(type(world.session), "commit", commit)
    if stored and not look_fails:
        assert _keep(world, "new", {"a.txt": b"a"}).param == "new"
    else:
        with pytest.raises(OperationalError):
            _keep(world, "new", {"a.txt": b"a"})
    monkeypatch.undo()
    world.session.rollback()
    assert len(_held(world)) == (1 if stored or look_fails else 0)
    _tidy(world)
    assert len(_held(world)) == (1 if stored else 0)
    assert list(world.services.layout.staging.iterdir()) == []
