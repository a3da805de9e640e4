"""What is asked of Slurm, how often, and what a missing answer means."""

from collections.abc import Sequence

import pytest

from allgo_hpc.models import Job
from allgo_hpc.sweeping.gather import Answer, Silence, ask_accounting, ask_controller, mark_of
from slurm import AnswerUnreadable, CommandFailed, SlurmUnavailable, State
from tests.fakes import FakeSlurm, record
from tests.fast.domain.world import World

FAILURES = [SlurmUnavailable("away"), AnswerUnreadable("cut"), CommandFailed("no right")]


def ask_slurm(slurm: FakeSlurm, jobs: Sequence[Job]) -> Answer | Silence:
    """Ask as a sweep does."""
    answer = ask_controller(slurm)
    return answer if isinstance(answer, Silence) else ask_accounting(slurm, answer, jobs)


def test_known_jobs_are_not_asked_for_again(world: World) -> None:
    job = world.job()
    world.slurm.controller = [record(job.uuid, State.RUNNING), record("somebody else's")]
    answer = ask_slurm(world.slurm, [job])
    assert isinstance(answer, Answer)
    assert answer.accounting_answered
    assert [each.state for each in answer.of(job)] == [State.RUNNING]
    assert world.slurm.calls == {"jobs": 1}


def test_forgotten_jobs_are_asked_of_the_accounting_by_name(world: World) -> None:
    known, forgotten = world.job(), world.job()
    world.slurm.controller = [record(known.uuid)]
    world.slurm.accounting = [
        record(forgotten.uuid, State.COMPLETED, name=f"allgo-{forgotten.id}"),
        record("an older portal's", State.FAILED, name=f"allgo-{forgotten.id}"),
    ]
    answer = ask_slurm(world.slurm, [known, forgotten])
    assert isinstance(answer, Answer)
    assert [each.state for each in answer.of(forgotten)] == [State.COMPLETED]
    assert world.slurm.calls == {"jobs": 1, "accounted": 1}
    assert world.slurm.asked_since is not None
    assert world.slurm.asked_since < forgotten.created_at


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_without_the_controller_nothing_is_known(world: World, failure: Exception) -> None:
    world.slurm.jobs_fail = failure
    assert ask_slurm(world.slurm, [world.job()]) == Silence(str(failure))
    assert world.slurm.calls["accounted"] == 0


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_without_the_accounting_the_controllers_words_still_count(world: World, failure: Exception) -> None:
    known, forgotten = world.job(), world.job()
    world.slurm.controller = [record(known.uuid)]
    world.slurm.accounted_fail = failure
    answer = ask_slurm(world.slurm, [known, forgotten])
    assert isinstance(answer, Answer)
    assert not answer.accounting_answered
    assert set(answer.records) == {mark_of(known)}


def test_all_jobs_of_one_uuid_are_kept(world: World) -> None:
    job = world.job()
    world.slurm.controller = [record(job.uuid, job_id=1), record(job.uuid, job_id=2)]
    answer = ask_slurm(world.slurm, [job])
    assert isinstance(answer, Answer)
    assert [each.job_id for each in answer.of(job)] == [1, 2]
