"""How a cancelled job ended is what Slurm, its script and its claim say."""

import pytest

from allgo_hpc.errors import Conflict
from allgo_hpc.jobs.cancel import cancel_job, take_claim
from allgo_hpc.models import Job
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
