"""What was deleted goes on being read, is found after a crash, and leaves the disk an hour later."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from allgo_hpc.housekeeping import tidy
from allgo_hpc.jobs import deletion
from allgo_hpc.jobs.deletion import delete_job, empty_trash
from allgo_hpc.models import Job, utc_now
from slurm import State
from tests.fast.domain.world import World

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
    real = shutil.rmtree

    def remove(folder: Path, **more: bool) -> None:
        if folder.name == stuck.folder:
            raise OSError(16, "Device or resource busy")
        real(folder, **more)

    monkeypatch.setattr(deletion.shutil, "rmtree", remove)
    assert empty_trash(world.services.layout, _in_two_hours()) == 3
    assert _trash(world) == {stuck.folder}


@pytest.mark.parametrize("helps", [True, False])
def test_what_an_app_gave_to_other_users_is_removed_by_their_rights(
    world: World, monkeypatch: pytest.MonkeyPatch, *, helps: bool
) -> None:
    job = _done(world)
    _delete(world, job)

    def closed(folder: Path, **_: bool) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(deletion.shutil, "rmtree", closed)
    monkeypatch.setattr(deletion, "remove_argv", lambda folder: ("rm", "-rf", str(folder)) if helps else ("false",))
    assert empty_trash(world.services.layout, _in_two_hours()) == (2 if helps else 0)
    assert len(_trash(world)) == (0 if helps else 2)


def _in_two_hours() -> datetime:
    return utc_now() + timedelta(hours=2)
