"""Deleting gives up the files at once and keeps the record; what a crash leaves is finished later."""

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from allgo_hpc.errors import Conflict, Gone
from allgo_hpc.housekeeping import tidy
from allgo_hpc.jobs import deletion
from allgo_hpc.jobs.deletion import delete_job, empty_trash
from allgo_hpc.models import Job, JobEvent, JobFile, utc_now
from allgo_hpc.reading.lookup import find_job, find_job_by_folder
from allgo_hpc.states import FINAL, JobState
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


@pytest.mark.parametrize("state", [state for state in JobState if state not in FINAL])
def test_what_has_not_ended_is_not_deleted(world: World, state: JobState) -> None:
    job = world.job(state)
    with pytest.raises(Conflict, match="cancel it first") as caught:
        _delete(world, job)
    assert caught.value.code == "not_ended"
    assert (job.deleted_at, len(_folders(world, job)), _trash(world)) == (None, 2, set())


@pytest.mark.parametrize("state", sorted(FINAL))
def test_however_it_ended_its_folders_are_in_the_trash_at_once(world: World, state: JobState) -> None:
    job = world.job(state)
    _delete(world, job)
    assert job.deleted_at is not None
    assert _folders(world, job) == []
    assert _trash(world) == {job.folder, f"{job.folder}.control"}


def test_what_is_known_stays_and_no_file_is_listed(world: World) -> None:
    job = _done(world)
    _delete(world, job)
    assert (job.state, job.param, job.exit_code) == ("done", "-x", 0)
    assert world.session.scalars(select(JobFile)).all() == []
    event = world.session.scalars(select(JobEvent).order_by(JobEvent.id.desc())).first()
    assert event is not None
    assert (event.job_id, event.old, event.new, event.detail) == (job.id, "done", "done", "Its files were deleted.")


def test_asking_for_it_tells_what_is_still_known(world: World) -> None:
    job = _done(world)
    _delete(world, job)
    for ask in (
        lambda: find_job(world.session, world.user, str(job.id)),
        lambda: find_job_by_folder(world.session, job.user_id, job.app_id, job.folder),
    ):
        with pytest.raises(Gone) as caught:
            ask()
        told = caught.value.more["job"]
        assert (told["id"], told["state"], told["app"], told["version"], told["param"]) == (
            job.id, "done", "textstats", 1, "-x",
        )  # fmt: skip
        assert told["image_sha256"] == job.sha256
        assert told["deleted_at"]


def test_a_batch_goes_with_all_its_tasks(world: World) -> None:
    batch = _done(world, batch=True)
    tasks = world.tasks(batch)
    _delete(world, batch)
    assert all(each.deleted_at is not None for each in [batch, *tasks])
    assert _folders(world, batch, *tasks) == []
    assert _trash(world) == {f"{batch.folder}.control", *(task.folder for task in tasks)}


def test_a_task_goes_alone(world: World) -> None:
    batch = _done(world, batch=True)
    first, second = world.tasks(batch)
    _delete(world, first)
    assert (first.deleted_at is None, second.deleted_at, batch.deleted_at) == (False, None, None)
    assert _trash(world) == {first.folder}
    assert world.services.layout.control_dir(batch).is_dir()
    before = first.deleted_at
    _delete(world, batch)
    assert first.deleted_at == before, "what was deleted before is not deleted anew"
    assert second.deleted_at is not None


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
