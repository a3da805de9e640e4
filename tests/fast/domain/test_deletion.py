"""Deleting gives up the files at once and keeps the record; what a crash leaves is finished later."""

from pathlib import Path

import pytest
from sqlalchemy import select

from allgo_hpc.errors import Conflict, Gone
from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.models import Job, JobEvent, JobFile
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
