"""A sweep brings each job to where it truly stands, with one question."""

import pytest
from sqlalchemy import func, select

from allgo_hpc.models import JobEvent, utc_now
from allgo_hpc.states import JobState
from slurm import State
from tests.fakes import record
from tests.fast.domain.world import World


def test_a_whole_life(world: World) -> None:
    job = world.submit("a b", {"x.txt": b"1"})
    assert job.state == "submitted"
    seen = []
    for state in (State.PENDING, State.RUNNING, State.COMPLETING, State.COMPLETED):
        more = {"exit_code": 0, "signal": 0} if state is State.COMPLETED else {}
        world.slurm.say(job.uuid, state, **more)
        assert world.sweep().changed == 1
        assert world.sweep().changed == 0
        seen.append(job.state)
    assert seen == ["pending", "running", "finishing", "done"]
    assert {file.name for file in job.files} == {"allgo.log", "x.txt"}
    events = world.session.scalars(select(JobEvent).where(JobEvent.job_id == job.id).order_by(JobEvent.id)).all()
    assert [event.new for event in events] == ["created", "submitted", *seen]
    assert [event.old for event in events] == ["", "created", "submitted", *seen[:-1]]


def test_an_ended_job_is_not_looked_at_again(world: World) -> None:
    world.job(JobState.DONE)
    assert world.sweep().unfinished == 0
    assert world.slurm.calls == {"jobs": 1}, "only whether Slurm answers, and what is left there"


def test_one_question_for_fifty_jobs(world: World) -> None:
    jobs = [world.job(JobState.SUBMITTED, slurm_id=number) for number in range(50)]
    world.slurm.controller = [record(job.uuid, State.RUNNING, job_id=number) for number, job in enumerate(jobs[:40])]
    world.slurm.accounting = [
        record(job.uuid, State.COMPLETED, name=f"allgo-{job.id}", exit_code=0, signal=0) for job in jobs[40:]
    ]
    swept = world.sweep()
    assert (swept.unfinished, swept.changed, swept.failed) == (50, 50, 0)
    assert world.slurm.calls == {"jobs": 1, "accounted": 1}
    assert [job.state for job in jobs] == ["running"] * 40 + ["done"] * 10


def test_one_job_that_cannot_be_read_does_not_stop_the_others(world: World) -> None:
    before, poisonous, after = (world.job() for _ in range(3))
    (world.services.layout.control_dir(poisonous) / "exit").write_text("exit_code=oops")
    world.slurm.controller = [record(job.uuid, State.RUNNING) for job in (before, poisonous, after)]
    swept = world.sweep()
    assert (swept.changed, swept.failed) == (2, 1)
    assert [job.state for job in (before, poisonous, after)] == ["running", "submitted", "running"]


def test_a_final_word_waits_until_the_results_can_be_listed(world: World) -> None:
    job = world.job(JobState.RUNNING)
    folder = world.services.layout.job_dir(job)
    folder.rename(folder.with_name("away"))
    world.slurm.controller = [record(job.uuid, State.COMPLETED, exit_code=0, signal=0)]
    assert world.sweep().failed == 1
    assert job.state == "running"
    folder.with_name("away").rename(folder)
    assert world.sweep().changed == 1
    assert (job.state, [file.name for file in job.files]) == ("done", ["allgo.log"])


@pytest.mark.parametrize(("code", "expected"), [(0, JobState.DONE), (3, JobState.ERROR)])
def test_a_job_that_slurm_forgot_ends_by_its_own_marker(world: World, code: int, expected: JobState) -> None:
    job = world.job(JobState.RUNNING)
    world.mark(job, code)
    world.sweep()
    assert (job.state, job.exit_code) == (expected, code)
    assert world.session.scalar(select(JobEvent.source).where(JobEvent.job_id == job.id)) == "marker"


def test_a_stale_running_does_not_take_finishing_back(world: World) -> None:
    job = world.job(JobState.FINISHING)
    world.slurm.controller = [record(job.uuid, State.RUNNING)]
    world.sweep()
    assert job.state == "finishing"


def test_the_time_of_the_last_word_is_kept(world: World) -> None:
    known, unknown = world.job(JobState.RUNNING), world.job(JobState.RUNNING)
    world.slurm.controller = [record(known.uuid, State.RUNNING)]
    world.sweep()
    assert known.confirmed_at is not None
    assert unknown.confirmed_at is None


def test_the_same_word_twice_leaves_one_event(world: World) -> None:
    job = world.job()
    world.slurm.controller = [record(job.uuid, State.RUNNING)]
    for _ in range(3):
        world.sweep()
    assert world.session.scalar(select(func.count()).select_from(JobEvent)) == 1


def test_last_confirmed_never_goes_back(world: World) -> None:
    """A move of this pass notes a moment that is later than the pass's own beginning."""
    job = world.job(JobState.RUNNING)
    world.mark(job)
    world.slurm.controller = [record(job.uuid, State.COMPLETED, job_id=7)]
    begun = utc_now()
    world.sweep(begun)
    assert job.state == "done"
    assert job.confirmed_at is not None
    assert job.confirmed_at > begun
