"""How long a job's files are kept: from its end on, for as long as the settings say."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.housekeeping import tidy
from allgo_hpc.jobs.deletion import delete_expired
from allgo_hpc.models import Job, JobEvent, utc_now
from allgo_hpc.states import JobState
from slurm import State
from tests.fast.domain.world import World, make_services

END = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ENDS = [
    (State.COMPLETED, 0), (State.FAILED, 1), (State.TIMEOUT, 0), (State.OUT_OF_MEMORY, 0), (State.CANCELLED, 0),
    (State.NODE_FAIL, 0),
]  # fmt: skip


@pytest.mark.parametrize(("state", "code"), ENDS)
def test_the_time_counts_from_the_end(world: World, state: State, code: int) -> None:
    world.services = make_services(world.services.layout.root, world.slurm, retention_days=2.5)
    job = world.submit()
    assert job.expires_at is None
    world.slurm.say(job.uuid, state, exit_code=code, signal=0, finished_at=END)
    world.sweep()
    assert (job.finished_at, job.expires_at) == (END, END + timedelta(days=2.5))


def test_that_of_a_lost_job_counts_from_when_it_was_called_lost(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.sweep(END)
    world.sweep(END + timedelta(seconds=300))
    assert (job.state, job.expires_at) == ("lost", END + timedelta(days=30, seconds=300))


def test_that_of_a_refused_job_counts_from_the_refusal(world: World) -> None:
    world.slurm.refuse()
    job = world.submit()
    assert job.finished_at is not None
    assert job.expires_at == job.finished_at + timedelta(days=30)


def _ended(world: World, expires_at: datetime | None, **more: object) -> Job:
    return world.job(JobState.DONE, expires_at=expires_at, **more)


def test_what_is_over_goes_and_nothing_else(world: World) -> None:
    now = utc_now()
    over = _ended(world, now - timedelta(seconds=1))
    kept = [_ended(world, now + timedelta(seconds=1)), _ended(world, None), world.job(JobState.RUNNING)]
    assert delete_expired(world.session, world.services, now) == 1
    world.session.expire_all()
    assert over.deleted_at is not None
    assert [job.deleted_at for job in kept] == [None] * 3
    assert [world.services.layout.job_dir(job).is_dir() for job in [over, *kept]] == [False, True, True, True]
    detail = world.session.scalars(select(JobEvent.detail).where(JobEvent.job_id == over.id)).one()
    assert detail == "Its time was over: its files were deleted."
    assert delete_expired(world.session, world.services, now) == 0


def test_a_batch_stays_until_its_last_task_may_go(world: World) -> None:
    batch = world.batch(2)
    for task, days in ((0, 0), (1, 10)):
        world.slurm.say(
            batch.uuid, State.COMPLETED, task=task, exit_code=0, signal=0, finished_at=END + timedelta(days)
        )
    world.sweep()
    assert delete_expired(world.session, world.services, END + timedelta(days=39)) == 0
    assert [task.deleted_at for task in world.tasks(batch)] == [None, None]
    assert delete_expired(world.session, world.services, END + timedelta(days=41)) == 1
    assert all(task.deleted_at is not None for task in world.tasks(batch))


def test_tidying_does_it(world: World) -> None:
    over = _ended(world, utc_now() - timedelta(days=1))
    tidy(world.session, world.services, utc_now())
    world.session.expire_all()
    assert over.deleted_at is not None
    assert {path.name for path in world.services.layout.trash.iterdir()} == {over.folder, f"{over.folder}.control"}
