"""No answer moves nothing; absence from an answer starts a clock; only its end makes a job lost."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.models import Job, JobEvent, utc_now
from allgo_hpc.states import JobState
from slurm import AnswerUnreadable, CommandFailed, SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

UNFINISHED = [state for state in JobState if not state.is_final]
FAILURES = [SlurmUnavailable("away"), AnswerUnreadable("cut"), CommandFailed("no right")]
LONG = timedelta(days=3)


def _rows(world: World) -> list[tuple[object, ...]]:
    columns = [column for column in Job.__table__.columns if column.name != "confirmed_at"]
    return [tuple(row) for row in world.session.execute(select(*columns).order_by(Job.id))]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_a_controller_that_does_not_answer_moves_no_row(world: World, failure: Exception) -> None:
    for state in UNFINISHED:
        world.mark(world.job(state, attempted_at=utc_now() - LONG))
    before = _rows(world)
    world.slurm.jobs_fail = failure
    swept = world.sweep(utc_now() + LONG)
    assert not swept.slurm_answered
    assert _rows(world) == before
    assert world.slurm.submitted == []


def test_an_empty_answer_moves_nothing_but_the_clock(world: World) -> None:
    jobs = [world.job(state) for state in UNFINISHED]
    now = utc_now()
    world.sweep(now)
    assert [job.state for job in jobs] == UNFINISHED
    assert [job.absent_since for job in jobs] == [None if job.state == "created" else now for job in jobs]
    assert world.session.scalars(select(JobEvent)).all() == []


def test_absent_for_long_enough_it_is_lost_and_never_done(world: World) -> None:
    job = world.job(JobState.RUNNING)
    now = utc_now()
    world.sweep(now)
    world.sweep(now + timedelta(seconds=299))
    assert job.state == "running"
    world.sweep(now + timedelta(seconds=300))
    assert job.state == "lost"
    assert "has not known this job since" in job.reason
    assert [file.name for file in job.files] == ["allgo.log"]


def test_a_job_that_turns_up_again_stops_the_clock(world: World) -> None:
    job = world.job(JobState.PENDING)
    now = utc_now()
    world.sweep(now)
    world.slurm.controller = [record(job.uuid, State.RUNNING)]
    world.sweep(now + timedelta(seconds=200))
    world.slurm.controller = []
    world.sweep(now + timedelta(seconds=310))
    assert (job.state, job.absent_since) == ("running", now + timedelta(seconds=310))


def test_the_clock_starts_anew_for_a_job_that_was_seen_unchanged(world: World) -> None:
    job = world.job(JobState.RUNNING)
    now = utc_now()
    world.sweep(now)
    world.slurm.controller = [record(job.uuid, State.RUNNING)]
    world.sweep(now + timedelta(seconds=200))
    world.slurm.controller = []
    world.sweep(now + timedelta(seconds=301))
    assert job.state == "running"


@pytest.mark.parametrize("who", ["jobs_fail", "accounted_fail"])
def test_the_clock_counts_only_while_slurm_answers(world: World, who: str) -> None:
    job = world.job(JobState.RUNNING)
    now = utc_now()
    world.sweep(now)
    setattr(world.slurm, who, SlurmUnavailable("away"))
    world.sweep(now + timedelta(seconds=150))
    world.slurm.come_back()
    world.sweep(now + timedelta(seconds=301))
    assert job.state == "running"
    world.sweep(now + timedelta(seconds=601))
    assert job.state == "lost"


def test_while_the_accounting_is_away_nothing_is_lost_and_nothing_is_sent(world: World) -> None:
    running = world.job(JobState.RUNNING)
    created = world.job(JobState.CREATED, slurm_id=None, attempted_at=utc_now() - LONG)
    world.slurm.accounted_fail = SlurmUnavailable("slurmdbd is away")
    for days in range(3):
        world.sweep(utc_now() + timedelta(days=days))
    assert (running.state, running.absent_since, created.state) == ("running", None, "created")
    assert world.slurm.submitted == []


def test_while_the_accounting_is_away_a_marker_waits(world: World) -> None:
    job = world.job(JobState.RUNNING)
    world.mark(job)
    world.slurm.accounted_fail = SlurmUnavailable("slurmdbd is away")
    world.sweep()
    assert job.state == "running"
    world.slurm.accounted_fail = None
    world.sweep()
    assert job.state == "done"


def test_a_record_with_another_uuid_is_another_job(world: World) -> None:
    job = world.job(JobState.RUNNING, slurm_id=5)
    world.slurm.controller = [record("another uuid", State.COMPLETED, job_id=5, name=f"allgo-{job.id}", exit_code=0)]
    world.sweep()
    assert job.state == "running"
    assert job.absent_since is not None
