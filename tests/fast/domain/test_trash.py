"""What was deleted goes on being read, is found after a crash, and leaves the disk an hour later."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from allgo_hpc.housekeeping import tidy
from allgo_hpc.jobs import deletion, trash
from allgo_hpc.jobs.deletion import delete_job, finish_deletions
from allgo_hpc.jobs.trash import empty_trash
from allgo_hpc.models import Job, utc_now
from allgo_hpc.reading import contained
from slurm import State
from tests.fast.domain.world import World
from tests.receivers import until

DONE = {"exit_code": 0, "signal": 0}


def _done(world: World, *, batch: bool = False) -> Job:
    job = world.batch(2) if batch else world.submit("-x", {"a": b"1"})
    world.slurm.say(job.uuid, State.COMPLETED, **DONE)
    world.sweep()
    assert job.state == "done"
    return job


def _delete(world: World, job: Job) -> None:
    delete_job(world.session, world.services, job)
    world.session.expire_all()


def _trash(world: World) -> set[str]:
    return {path.name for path in world.services.layout.trash.iterdir()}


def _folders(world: World, *jobs: Job) -> list[Path]:
    layout = world.services.layout
    return [path for job in jobs for path in (layout.job_dir(job), layout.control_dir(job)) if path.exists()]


def test_a_download_that_has_begun_goes_on(world: World) -> None:
    job = _done(world)
    with (world.services.layout.job_dir(job) / "a").open("rb") as file:
        _delete(world, job)
        assert file.read() == b"1"


def test_a_crash_between_mark_and_move_is_made_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, job = _done(world, batch=True), _done(world)
    folders = [*_folders(world, batch, *world.tasks(batch), job)]

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(deletion, "throw_away", killed)
        for each in (batch, job):
            with pytest.raises(KeyboardInterrupt):
                _delete(world, each)
    world.session.expire_all()
    assert job.deleted_at is not None
    assert all(folder.exists() for folder in folders)
    tidy(world.session, world.services, utc_now())
    assert not any(folder.exists() for folder in folders)
    assert len(_trash(world)) == 5


@pytest.mark.parametrize("how", ["away", "read-only"])
def test_a_storage_that_takes_nothing_for_long_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    job = _done(world)
    layout = world.services.layout
    with monkeypatch.context() as patch:
        if how == "away":
            aside = layout.root.rename(layout.root.with_name("aside"))
            layout.root.mkdir()
        else:

            def refuse(*_: object) -> None:
                raise OSError(30, "Read-only file system")

            patch.setattr(Path, "rename", refuse)
        _delete(world, job)
    if how == "away":
        layout.root.rmdir()
        aside.rename(layout.root)
    assert (len(_folders(world, job)), job.trashed_at) == (2, None)
    finish_deletions(world.session, world.services)
    world.session.expire_all()
    assert (_folders(world, job), job.trashed_at is None) == ([], False)


def test_what_is_read_for_an_archive_stays_in_the_trash(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    job = _done(world)
    folder = world.services.layout.job_dir(job)
    with contained.listed_files() as read:
        assert list(read(folder, b"a", 1, 0)) == [b"1"]
        _delete(world, job)
        trashed = world.services.layout.trash / folder.name
        before = trashed.stat()
        assert list(read(folder, b"a", 1, 0)) == [b"1"]
        assert trashed.stat().st_ctime_ns == before.st_ctime_ns
        monkeypatch.setattr(contained, "KEPT_EVERY_S", -1.0)
        until(
            "its change time is set", lambda: _reads(read, folder) and trashed.stat().st_ctime_ns > before.st_ctime_ns
        )
    after = trashed.stat()
    assert (after.st_mtime_ns, after.st_atime_ns) == (before.st_mtime_ns, before.st_atime_ns)


def test_tidying_twice_is_no_error(world: World) -> None:
    _delete(world, _done(world))
    before = _trash(world)
    for _ in range(2):
        tidy(world.session, world.services, utc_now())
    assert _trash(world) == before


def test_the_trash_is_emptied_after_an_hour_and_not_before(world: World) -> None:
    job = _done(world)
    (world.services.layout.job_dir(job) / "deep").mkdir()
    _delete(world, job)
    assert empty_trash(world.services.layout, utc_now() + timedelta(minutes=59)) == 0
    assert len(_trash(world)) == 2
    assert empty_trash(world.services.layout, utc_now() + timedelta(minutes=61)) == 2
    assert _trash(world) == set()


def test_how_old_the_files_are_does_not_matter(world: World) -> None:
    job = _done(world)
    os.utime(world.services.layout.job_dir(job), (0, 0))
    _delete(world, job)
    assert empty_trash(world.services.layout, utc_now() + timedelta(minutes=59)) == 0


def test_what_cannot_be_removed_does_not_keep_the_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, job = _done(world), _done(world)
    _delete(world, stuck)
    _delete(world, job)
    _refuse(monkeypatch, stuck.folder)
    monkeypatch.setattr(trash, "remove_argv", lambda _: ("false",))
    assert empty_trash(world.services.layout, _in_two_hours()) == 3
    assert _trash(world) == {stuck.folder}


@pytest.mark.parametrize("helps", [True, False])
def test_what_an_app_gave_to_other_users_is_removed_by_their_rights(
    world: World, monkeypatch: pytest.MonkeyPatch, *, helps: bool
) -> None:
    job = _done(world)
    _delete(world, job)
    _refuse(monkeypatch, job.folder)
    monkeypatch.setattr(trash, "remove_argv", lambda folder: ("rm", "-rf", str(folder)) if helps else ("false",))
    assert empty_trash(world.services.layout, _in_two_hours()) == (2 if helps else 1)
    assert _trash(world) == (set() if helps else {job.folder})


def test_what_hangs_is_left_and_said(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    _delete(world, _done(world))
    monkeypatch.setattr(trash, "_REMOVE_S", 0.0)
    monkeypatch.setattr(trash, "remove_argv", lambda _: ("sleep", "5"))
    empty_trash(world.services.layout, _in_two_hours())
    assert "not removed within" in caplog.text or not _trash(world)


def test_more_than_one_process_removes_go_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trash, "_AT_ONCE", 2)
    for _ in range(3):
        _delete(world, _done(world))
    assert empty_trash(world.services.layout, _in_two_hours()) == 6
    assert _trash(world) == set()


def _refuse(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let one folder stay when it is to be removed, as one does that is not the service user's."""
    real = trash._remove

    def remove(argv: Sequence[str]) -> str:
        if "--one-file-system" not in argv:
            return real(argv)
        real([word for word in argv if not word.endswith(name)])
        return "Permission denied"

    monkeypatch.setattr(trash, "_remove", remove)


def _reads(read: contained.Read, folder: Path) -> bool:
    return list(read(folder, b"a", 1, 0)) == [b"1"]


def _in_two_hours() -> datetime:
    return utc_now() + timedelta(hours=2)
