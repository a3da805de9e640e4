"""What a killed controller forgot before it started is submitted again; what may have started is not."""

import shutil
from datetime import datetime, timedelta

import pytest

from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from slurm import EXIT_CLAIMED, SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World

LATER = timedelta(seconds=301)
WAITING = [JobState.SUBMITTED, JobState.PENDING]


def _forget(world: World, job: Job) -> datetime:
    """Let Slurm answer for long enough that it does not know the job."""
    now = utc_now()
    world.sweep(now)
    world.sweep(now + LATER)
    return now + LATER


@pytest.mark.parametrize("state", WAITING)
def test_it_goes_back_and_is_submitted_once_more(world: World, state: JobState) -> None:
    job = world.job(state, attempted_at=utc_now() - timedelta(days=1))
    now = _forget(world, job)
    assert (job.state, job.slurm_id, job.absent_since) == ("created", None, None)
    assert "forgot it before it started" in job.reason
    world.sweep(now + timedelta(seconds=1))
    assert (job.state, len(world.slurm.submitted)) == ("submitted", 1)


@pytest.mark.parametrize("state", [state for state in JobState if not state.is_final and state not in WAITING][1:])
def test_what_has_started_is_lost(world: World, state: JobState) -> None:
    job = world.job(state)
    _forget(world, job)
    assert job.state == "lost"


@pytest.mark.parametrize("state", WAITING)
def test_what_is_claimed_is_lost(world: World, state: JobState) -> None:
    job = world.job(state)
    claim = world.services.layout.control_dir(job) / "claim"
    claim.mkdir()
    (claim / "owner").write_text("slurm_job_id=7\nnode=c1\nstarted_at=1700000000.5\n")
    _forget(world, job)
    assert job.state == "lost"


@pytest.mark.parametrize("who", ["jobs_fail", "accounted_fail"])
def test_not_while_slurm_does_not_answer(world: World, who: str) -> None:
    job = world.job(JobState.SUBMITTED)
    setattr(world.slurm, who, SlurmUnavailable("away"))
    _forget(world, job)
    assert job.state == "submitted"


def test_not_without_its_folder(world: World) -> None:
    job = world.job(JobState.SUBMITTED)
    shutil.rmtree(world.services.layout.control_dir(job))
    _forget(world, job)
    assert job.state == "lost"


def test_a_second_start_that_was_refused_does_not_say_how_the_job_ended(world: World) -> None:
    job = world.job(JobState.RUNNING, slurm_id=7)
    world.mark(job, 0, slurm_id=7)
    world.slurm.controller = [record(job.uuid, State.FAILED, job_id=7, exit_code=EXIT_CLAIMED)]
    world.sweep()
    assert (job.state, job.exit_code) == ("done", 0)
