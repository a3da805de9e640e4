"""Since when the cluster answers, or does not; and jobs that were called lost and turn up."""

from datetime import UTC, datetime, timedelta

from allgo_hpc.states import JobState
from allgo_hpc.sweeping.health import read_health
from slurm import SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def _seen(world: World, name: str = "controller") -> tuple[datetime | None, datetime | None, str]:
    world.session.expire_all()
    row = read_health(world.session)[name]
    return row.answered_at, row.silent_since, row.said


def test_it_is_noted_without_any_job(world: World) -> None:
    world.sweep(AT)
    assert _seen(world) == (AT, None, "")
    world.slurm.be_away()
    world.sweep(AT + timedelta(seconds=20))
    world.sweep(AT + timedelta(seconds=40))
    assert _seen(world)[:2] == (AT, AT + timedelta(seconds=20)), "since the first time that it did not answer"


def test_what_was_heard_instead_is_kept_until_it_answers_again(world: World) -> None:
    world.job(JobState.RUNNING)
    world.slurm.jobs_fail = SlurmUnavailable("Socket timed out")
    world.sweep(AT)
    assert _seen(world) == (None, AT, "Socket timed out")
    world.slurm.jobs_fail = None
    world.sweep(AT + timedelta(minutes=1))
    assert _seen(world) == (AT + timedelta(minutes=1), None, "")


def test_the_accounting_is_noted_when_it_is_asked(world: World) -> None:
    world.job(JobState.RUNNING)
    world.slurm.accounted_fail = SlurmUnavailable("slurmdbd is down")
    world.sweep(AT)
    assert _seen(world, "accounting") == (None, AT, "slurmdbd is down")
    assert _seen(world)[1] is None


def test_a_lost_job_that_turns_up_becomes_what_it_truly_is(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.sweep(AT)
    world.sweep(AT + timedelta(seconds=301))
    assert job.state == "lost"
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=7)]
    world.sweep(AT + timedelta(seconds=400))
    assert job.state == "running"


def test_its_exit_marker_counts_too(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.sweep(AT)
    world.sweep(AT + timedelta(seconds=301))
    world.mark(job)
    world.sweep(AT + timedelta(seconds=400))
    assert job.state == "done"


def test_a_lost_job_is_not_looked_for_in_the_accounting_nor_lost_twice(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.sweep(AT)
    world.sweep(AT + timedelta(seconds=301))
    asked = world.slurm.calls["accounted"]
    finished = job.finished_at
    assert world.sweep(AT + timedelta(seconds=700)).changed == 0
    assert world.slurm.calls["accounted"] == asked
    assert job.finished_at == finished


def test_after_a_week_it_stays_lost(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.sweep(AT)
    world.sweep(AT + timedelta(seconds=301))
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=7)]
    world.sweep(AT + timedelta(days=8))
    assert job.state == "lost"


def test_times_of_a_clock_that_was_ahead_are_put_right(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=7)]
    world.sweep(AT + timedelta(hours=1))
    world.sweep(AT)
    assert _seen(world)[0] == AT
    assert job.confirmed_at == AT
    world.slurm.jobs_fail = SlurmUnavailable("away")
    world.sweep(AT + timedelta(hours=2))
    world.sweep(AT + timedelta(minutes=1))
    assert _seen(world)[:2] == (AT, AT + timedelta(minutes=1))
