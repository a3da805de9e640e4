"""When a job was last confirmed: one moment for all that Slurm's answer had, and never for one that it had not."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from allgo_hpc.jobs.moves import move
from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def before() -> datetime:
    return utc_now() - timedelta(hours=1)


def _job(world: World, before: datetime, state: JobState = JobState.RUNNING) -> Job:
    job = world.job(state, confirmed_at=before)
    if not state.is_final:
        world.slurm.controller.append(record(job.uuid, State.RUNNING, job_id=job.id))
    return job


def test_it_goes_on_without_the_row_being_written(world: World, before: datetime) -> None:
    job, now = _job(world, before), utc_now()
    for minutes in range(3):
        world.sweep(now + minutes * MINUTE)
        assert job.last_confirmed == now + minutes * MINUTE
    assert job.confirmed_at == before


def test_a_job_that_is_not_in_the_answer_was_not_confirmed(world: World, before: datetime) -> None:
    known, job, now = _job(world, before), _job(world, before), utc_now()
    del world.slurm.controller[1]
    world.sweep(now)
    assert (job.last_confirmed, known.last_confirmed) == (before, now)
    world.slurm.controller.append(record(job.uuid, State.RUNNING, job_id=job.id))
    world.sweep(now + MINUTE)
    assert (job.last_confirmed, job.missing) == (now + MINUTE, False)


def test_nor_one_of_which_a_silent_accounting_may_know(world: World, before: datetime) -> None:
    _, job, now = _job(world, before), _job(world, before), utc_now()
    del world.slurm.controller[1]
    world.slurm.accounted_fail = SlurmUnavailable("away")
    for minutes in range(2):
        world.sweep(now + minutes * MINUTE)
        assert (job.last_confirmed, job.absent_since) == (before, None)


def test_nor_any_while_the_controller_is_silent(world: World, before: datetime) -> None:
    job, now = _job(world, before), utc_now()
    world.sweep(now)
    world.slurm.be_away()
    world.sweep(now + MINUTE)
    assert job.last_confirmed == now


def test_an_ended_job_keeps_its_moment(world: World, before: datetime) -> None:
    done, _ = _job(world, before, JobState.DONE), _job(world, before)
    world.sweep()
    world.session.refresh(done)
    assert done.last_confirmed == before


def test_a_job_that_nobody_sent_yet_has_none(world: World, before: datetime) -> None:
    _job(world, before)
    created = world.job(JobState.CREATED, slurm_id=None)
    world.sweep()
    world.session.refresh(created)
    assert created.last_confirmed is None


def test_a_later_move_counts_before_an_earlier_answer(world: World, before: datetime) -> None:
    job, now = _job(world, before), utc_now() - MINUTE
    world.sweep(now)
    assert move(world.session, job, JobState.FINISHING, source="marker")
    assert job.last_confirmed == job.confirmed_at
    assert job.confirmed_at is not None
    assert job.confirmed_at > now


def test_a_clock_that_was_ahead_is_mended(world: World, before: datetime) -> None:
    job, now = _job(world, before), utc_now()
    world.sweep(now + timedelta(days=1))
    world.session.execute(update(Job).values(confirmed_at=now + timedelta(days=1)))
    world.session.commit()
    world.sweep(now)
    world.sweep(now + timedelta(seconds=1))
    assert job.last_confirmed == now


def test_a_batch_is_confirmed_with_any_of_its_tasks(world: World) -> None:
    batch, now = world.batch(2), utc_now() + MINUTE
    world.slurm.say(batch.uuid, State.PENDING)
    world.sweep(now)
    world.sweep(now + MINUTE)
    assert batch.last_confirmed == now + MINUTE
    world.slurm.forget(batch.uuid)
    world.sweep(now + 2 * MINUTE)
    assert (batch.missing, batch.last_confirmed) == (True, batch.confirmed_at)
