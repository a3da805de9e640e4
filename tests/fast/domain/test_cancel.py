"""Cancelling: from the answer on it does not start; how it ended is for Slurm to say."""

from datetime import timedelta

from sqlalchemy import select

from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.models import Job, JobEvent, utc_now
from slurm import State
from tests.fast.domain.world import World


def _cancel(world: World, job: Job) -> None:
    cancel_job(world.session, world.services, job)


def _claim(world: World, job: Job, *, owner: bool = False) -> bool:
    claim = world.services.layout.control_dir(job) / "claim"
    return (claim / "owner").exists() if owner else claim.is_dir()


def _script_claims(world: World, job: Job, slurm_id: int = 101) -> None:
    claim = world.services.layout.control_dir(job) / "claim"
    claim.mkdir(parents=True)
    (claim / "owner").write_text(f"slurm_job_id={slurm_id}\nnode=c1\nstarted_at=1700000000.5\n")


def _details(world: World, job: Job) -> list[tuple[str, str, str]]:
    rows = world.session.execute(
        select(JobEvent.old, JobEvent.new, JobEvent.detail).where(JobEvent.job_id == job.id).order_by(JobEvent.id)
    )
    return [(old, new, detail) for old, new, detail in rows]


def test_a_waiting_job_loses_its_claim_at_once_and_is_ended_by_the_sweep(world: World) -> None:
    job = world.submit()
    world.sweep()
    _cancel(world, job)
    assert (job.state, _claim(world, job)) == ("pending", True)
    assert job.cancel_at is not None
    assert "will not start" in job.reason
    assert _details(world, job)[-1] == ("pending", "pending", job.reason)
    world.sweep()
    assert world.slurm.cancelled == [101]
    world.slurm.say(job.uuid, State.CANCELLED)
    world.sweep()
    assert job.state == "cancelled"


def test_a_running_job_keeps_its_claim_and_is_ended(world: World) -> None:
    job = world.submit()
    _script_claims(world, job)
    world.slurm.say(job.uuid, State.RUNNING)
    world.sweep()
    _cancel(world, job)
    assert "being ended" in job.reason
    assert _claim(world, job, owner=True)
    world.sweep()
    assert world.slurm.cancelled == [101]
    world.mark(job, 143, slurm_id=101)
    world.slurm.say(job.uuid, State.CANCELLED)
    world.sweep()
    assert (job.state, job.exit_code, job.reason) == ("cancelled", 143, "It was cancelled.")


def test_the_reason_stays_until_the_end(world: World) -> None:
    job = world.submit()
    _cancel(world, job)
    for state in (State.PENDING, State.RUNNING, State.COMPLETING):
        world.slurm.say(job.uuid, state, reason="Resources")
        world.sweep()
        assert job.reason == "Cancelling: it will not start any more."


def test_one_that_slurm_never_got_is_never_sent(world: World) -> None:
    world.slurm.be_away()
    job = world.submit()
    _cancel(world, job)
    world.sweep()
    assert job.state == "created", "nothing is known while Slurm is away"
    world.slurm.come_back()
    job.attempted_at = utc_now() - timedelta(days=1)
    world.session.commit()
    world.sweep()
    assert (job.state, job.reason) == ("cancelled", "It was cancelled before it started.")
    assert len(world.slurm.submitted) == 1
    assert job.expires_at is not None
    assert [file.name for file in job.files] == ["allgo.log"]


def test_one_whose_answer_was_lost_is_found_and_ended(world: World) -> None:
    world.slurm.lose_answers()
    job = world.submit()
    _cancel(world, job)
    world.sweep()
    assert (world.slurm.cancelled, len(world.slurm.submitted)) == ([101], 1)


def test_twice_is_no_error_and_no_second_event(world: World) -> None:
    job = world.submit()
    _cancel(world, job)
    first, told = job.cancel_at, _details(world, job)
    _cancel(world, job)
    assert (job.cancel_at, _details(world, job)) == (first, told)
