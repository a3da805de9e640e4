"""Cancelling: from the answer on it does not start; how it ended is for Slurm to say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from allgo_hpc.errors import Conflict
from allgo_hpc.jobs.cancel import cancel_job, take_claim
from allgo_hpc.models import Job, JobEvent, utc_now
from allgo_hpc.states import FINAL, JobState
from slurm import EXIT_CLAIMED, SlurmUnavailable, State
from tests.fakes import record
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


@pytest.mark.parametrize("state", sorted(FINAL))
def test_what_has_ended_cannot_be_cancelled(world: World, state: JobState) -> None:
    job = world.job(state)
    with pytest.raises(Conflict, match=f"ended \\({state}\\)") as caught:
        _cancel(world, job)
    assert caught.value.code == "already_ended"
    world.session.refresh(job)
    assert (job.cancel_at, _claim(world, job)) == (None, False)


def test_one_that_ended_meanwhile_keeps_its_end(world: World) -> None:
    job = world.submit()
    with world.sessions() as other:
        stale = other.get_one(Job, job.id)
        world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
        world.sweep()
        cancel_job(other, world.services, stale)
        assert (stale.state, stale.cancel_at) == ("done", None)
    assert not _claim(world, job)


def test_a_claim_that_the_portal_took_ends_it_by_the_scripts_refusal(world: World) -> None:
    job = world.submit()
    _cancel(world, job)
    world.slurm.say(job.uuid, State.FAILED, exit_code=EXIT_CLAIMED, signal=0)
    world.sweep()
    assert (job.state, job.reason) == ("cancelled", "It was cancelled before it started.")


def test_the_same_exit_code_of_a_job_that_nobody_cancelled_is_an_error(world: World) -> None:
    job = world.submit()
    world.slurm.say(job.uuid, State.FAILED, exit_code=EXIT_CLAIMED, signal=0)
    world.sweep()
    assert (job.state, job.exit_code) == ("error", EXIT_CLAIMED)


def test_an_app_that_ended_with_that_code_itself_is_an_error(world: World) -> None:
    job = world.submit()
    _script_claims(world, job)
    _cancel(world, job)
    world.mark(job, EXIT_CLAIMED, slurm_id=101)
    world.slurm.say(job.uuid, State.FAILED, exit_code=EXIT_CLAIMED, signal=0)
    world.sweep()
    assert job.state == "error"


@pytest.mark.parametrize("marked", [True, False])
def test_one_that_came_to_its_end_all_the_same_is_done(world: World, *, marked: bool) -> None:
    job = world.submit()
    _script_claims(world, job)
    _cancel(world, job)
    if marked:
        world.mark(job, slurm_id=101)
    world.slurm.say(job.uuid, State.COMPLETED, exit_code=0, signal=0)
    world.sweep()
    assert job.state == "done"


def test_the_script_that_claims_first_wins_and_the_portal_first_wins(world: World) -> None:
    first, second = world.submit(), world.submit()
    _script_claims(world, first)
    assert not take_claim(world.services, first)
    assert take_claim(world.services, second)
    with pytest.raises(FileExistsError):
        _script_claims(world, second)


def test_a_job_of_the_script_that_slurm_forgot_is_not_called_cancelled(world: World) -> None:
    job = world.submit()
    _script_claims(world, job)
    _cancel(world, job)
    world.slurm.forget(job.uuid)
    world.sweep()
    assert job.state == "submitted"
    assert job.absent_since is not None


def test_while_the_accounting_is_away_it_is_not_called_cancelled(world: World) -> None:
    job = world.submit()
    _cancel(world, job)
    world.slurm.forget(job.uuid)
    world.slurm.accounted_fail = SlurmUnavailable("slurmdbd is away")
    world.sweep()
    assert job.state == "submitted"
    world.slurm.come_back()
    world.sweep()
    assert job.state == "cancelled"


def test_a_stranger_with_its_id_is_left_alone(world: World) -> None:
    job = world.submit()
    _cancel(world, job)
    world.slurm.controller = [record("a stranger", State.RUNNING, job_id=101, name=f"allgo-{job.id}")]
    world.sweep()
    assert (world.slurm.cancelled, world.slurm.cancelled_tasks, world.slurm.calls["cancel"]) == ([], [], 0)
