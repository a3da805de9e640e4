"""Why a job waits, or does not go on: told in a sentence, and told again when it changes."""

from sqlalchemy import select

from allgo_hpc.models import Job, JobEvent
from slurm import State
from tests.fakes import record
from tests.fast.domain.world import World


def _say(world: World, job: Job, state: State, reason: str = "") -> None:
    world.slurm.controller = [record(job.uuid, state, job_id=7, reason=reason)]
    world.sweep()
    world.session.refresh(job)


def test_slurms_word_becomes_a_sentence_and_follows_it(world: World) -> None:
    job = world.job()
    _say(world, job, State.PENDING, "Resources")
    assert job.reason == "The machines that fit are busy; it starts when one is free."
    _say(world, job, State.PENDING, "JobHeldAdmin")
    assert job.reason == "It is held by an administrator, who must release it."
    events = world.session.scalars(select(JobEvent).where(JobEvent.job_id == job.id).order_by(JobEvent.id)).all()
    assert [(event.old, event.new) for event in events][-1] == ("pending", "pending")
    assert world.sweep().changed == 0, "what has not changed is told once"


def test_a_suspended_job_runs_and_says_so(world: World) -> None:
    job = world.job()
    _say(world, job, State.RUNNING)
    assert (job.state, job.reason) == ("running", "")
    _say(world, job, State.SUSPENDED)
    assert (job.state, job.reason) == ("running", "The job was suspended and keeps its place.")
    _say(world, job, State.RUNNING)
    assert (job.state, job.reason) == ("running", "")


def test_what_is_being_cancelled_keeps_saying_that(world: World) -> None:
    job = world.job()
    _say(world, job, State.PENDING, "Priority")
    job.cancel_at, job.reason = job.created_at, "Cancelling: it will not start any more."
    world.session.commit()
    _say(world, job, State.PENDING, "Resources")
    assert job.reason == "Cancelling: it will not start any more."
