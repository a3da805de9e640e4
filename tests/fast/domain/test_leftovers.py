"""What Slurm still has under the mark of a job that has ended is ended, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

LONG_AGO = timedelta(seconds=21)


def _ended(world: World, ago: timedelta = LONG_AGO, state: JobState = JobState.DONE) -> Job:
    return world.job(state, finished_at=utc_now() - ago)


@pytest.mark.parametrize("said", [State.RUNNING, State.PENDING, State.SUSPENDED])
def test_what_an_ended_job_left_is_ended(world: World, said: State) -> None:
    job = _ended(world)
    world.slurm.controller = [record(job.uuid, said, job_id=9)]
    world.sweep()
    assert (world.slurm.cancelled, world.slurm.cancelled_tasks) == ([9], [])
    assert job.state == "done", "it ended as it did"
    world.sweep()
    assert world.slurm.cancelled == [9, 9], "asked again until Slurm has done it"


@pytest.mark.parametrize("said", [State.COMPLETED, State.CANCELLED, State.COMPLETING, State.TIMEOUT])
def test_what_has_ended_in_slurm_too_is_left_alone(world: World, said: State) -> None:
    job = _ended(world)
    world.slurm.controller = [record(job.uuid, said, job_id=9)]
    world.sweep()
    assert world.slurm.calls["cancel"] == 0


def test_slurm_is_given_time_to_note_the_end(world: World) -> None:
    job = _ended(world, timedelta(seconds=15))
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=9)]
    world.sweep()
    assert world.slurm.cancelled == []
    world.sweep(utc_now() + timedelta(seconds=6))
    assert world.slurm.cancelled == [9]


@pytest.mark.parametrize("state", [state for state in JobState if not state.is_final])
def test_an_unfinished_job_is_not_ended(world: World, state: JobState) -> None:
    job = world.job(state, finished_at=utc_now() - LONG_AGO)
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=9)]
    world.sweep()
    assert world.slurm.cancelled == []


def test_what_is_not_of_this_portal_is_left_alone(world: World) -> None:
    _ended(world)
    marks = ["", "7b0de0f2-0000-4000-8000-000000000000", "; DROP TABLE job"]
    world.slurm.controller = [record(mark, State.RUNNING, job_id=9) for mark in marks]
    world.sweep()
    assert world.slurm.cancelled == []


def test_a_job_that_was_stored_after_the_rows_were_read_is_left_alone(world: World) -> None:
    """The answer may show a job that is newer than the list of unfinished jobs."""
    real = world.slurm.jobs

    def meanwhile() -> list[object]:
        job = world.job(JobState.RUNNING)
        world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=9)]
        return list(real())

    world.slurm.jobs = meanwhile  # type: ignore[method-assign,assignment]
    world.sweep()
    assert world.slurm.calls["jobs"] == 1
    assert world.slurm.cancelled == []


def test_only_the_ended_tasks_of_a_batch(world: World) -> None:
    batch = world.batch(3)
    world.slurm.say(batch.uuid, State.RUNNING)
    world.slurm.say(batch.uuid, State.COMPLETED, task=1)
    world.sweep()
    assert [task.state for task in world.tasks(batch)] == ["running", "done", "running"]
    world.slurm.say(batch.uuid, State.RUNNING, task=1)
    world.sweep(utc_now() + LONG_AGO)
    assert (world.slurm.cancelled, world.slurm.cancelled_tasks) == ([], [(101, 1)])


def test_one_that_carries_the_batch_mark_without_a_task_is_left_alone(world: World) -> None:
    batch = world.batch(2)
    world.slurm.say(batch.uuid, State.COMPLETED)
    world.sweep()
    world.slurm.controller = [record(batch.uuid, State.RUNNING, job_id=101)]
    world.sweep(utc_now() + LONG_AGO)
    assert world.slurm.calls["cancel"] == 0


def test_a_slurm_that_goes_away_meanwhile_stops_nothing(world: World) -> None:
    job, running = _ended(world), world.job(JobState.PENDING)
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=9), record(running.uuid, State.RUNNING)]

    def away(*_: object, **__: object) -> None:
        raise SlurmUnavailable("away")

    world.slurm.cancel = away  # type: ignore[method-assign]
    world.sweep()
    assert running.state == "running"


def test_a_controller_that_forgot_the_end_is_not_believed_for_long(world: World) -> None:
    """The exit marker is there and the controller says that it runs: after a while the marker's word counts."""
    job = world.job(JobState.RUNNING)
    world.mark(job, 3)
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=7)]
    world.sweep()
    assert job.state == "finishing", "Slurm may have more to say"
    world.sweep()
    assert (job.state, job.exit_code) == ("error", 3), "the marker is from long ago"
    world.sweep()
    assert world.slurm.cancelled == [7]


def test_for_two_minutes_it_is(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.mark(job)
    ended = datetime.fromtimestamp(1700000002.5, UTC)
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=7)]
    for later in (0, 119):
        world.sweep(ended + timedelta(seconds=later))
        assert job.state == "finishing"
    world.sweep(ended + timedelta(seconds=121))
    assert job.state == "done"


def test_a_controller_that_is_cleaning_up_is_believed(world: World) -> None:
    job = world.job(JobState.FINISHING)
    world.mark(job)
    world.slurm.controller = [record(job.uuid, State.COMPLETING, job_id=7)]
    world.sweep()
    assert job.state == "finishing"
