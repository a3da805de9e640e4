"""What a sweeping process remembers saves it questions, and never hides what has moved."""

from datetime import timedelta
from pathlib import Path

import pytest

from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.models import Job, utc_now
from allgo_hpc.states import JobState
from allgo_hpc.sweeping import follow as following
from allgo_hpc.sweeping import memory as remembering
from allgo_hpc.sweeping import sweep as sweeping
from allgo_hpc.sweeping.memory import Memory
from allgo_hpc.sweeping.sweep import sweep
from allgo_hpc.sweeping.swept import Swept
from slurm import CommandFailed, Marker, SlurmUnavailable, State
from tests.fakes import record
from tests.fast.domain.world import World


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """A memory that takes three jobs for many."""
    monkeypatch.setattr(remembering, "_MANY", 3)
    return Memory()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock of the sweep: its one item may be set."""
    now = [1000.0]
    monkeypatch.setattr(sweeping, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The control folders whose marker was read."""
    seen: list[Path] = []
    real = following.read_marker

    def note(control: Path) -> Marker | None:
        seen.append(control)
        return real(control)

    monkeypatch.setattr(following, "read_marker", note)
    return seen


def _sweep(world: World, memory: Memory) -> Swept:
    with world.sessions() as session:
        swept = sweep(session, world.services, utc_now(), memory=memory)
    world.session.expire_all()
    return swept


def _settled(world: World, memory: Memory, state: State = State.PENDING, count: int = 3) -> list[Job]:
    """Jobs that stand still in Slurm and were seen so often that a short question is next."""
    jobs = [world.job(JobState.SUBMITTED, slurm_id=number) for number in range(1, count + 1)]
    world.slurm.controller = [
        record(job.uuid, state, job_id=number, reason="Priority" if state is State.PENDING else "")
        for number, job in enumerate(jobs, 1)
    ]
    for _ in range(3):
        _sweep(world, memory)
    world.slurm.calls.clear()
    return jobs


def test_without_memory_all_is_looked_at(world: World, looked: list[Path]) -> None:
    _settled(world, Memory())
    assert len(looked) == 6, "once when they moved, and once more where they stood"
    _sweep(world, Memory())
    assert len(looked) == 9


def test_what_stands_is_not_looked_at_again(world: World, memory: Memory, looked: list[Path]) -> None:
    _settled(world, memory)
    looked.clear()
    memory.ask_wholly()
    swept = _sweep(world, memory)
    assert (swept.unfinished, swept.changed, looked) == (3, 0, [])
    assert world.slurm.calls == {"jobs": 1}


def test_where_nothing_moves_one_short_question_is_all(world: World, memory: Memory, looked: list[Path]) -> None:
    _settled(world, memory)
    looked.clear()
    swept = _sweep(world, memory)
    assert (swept.unfinished, swept.changed, swept.again, looked) == (3, 0, False, [])
    assert world.slurm.calls == {"state_lines": 1}


def test_few_jobs_are_always_asked_for_wholly(world: World) -> None:
    _settled(world, memory := Memory())
    _sweep(world, memory)
    assert world.slurm.calls == {"jobs": 1}


def test_another_state_in_the_short_answer_makes_the_next_sweep_whole_and_due(world: World, memory: Memory) -> None:
    first, *_ = _settled(world, memory)
    world.slurm.say(first.uuid, State.RUNNING)
    swept = _sweep(world, memory)
    assert (swept.again, first.state) == (True, "pending"), "an id and a word alone move nothing"
    assert _sweep(world, memory).changed == 1
    assert first.state == "running"
    assert world.slurm.calls == {"state_lines": 1, "jobs": 1}


def test_a_job_that_is_gone_from_the_short_answer_is_noticed(world: World, memory: Memory) -> None:
    first, *_ = _settled(world, memory)
    world.slurm.controller = world.slurm.controller[1:]
    assert _sweep(world, memory).again
    _sweep(world, memory)
    assert first.absent_since is not None


def test_other_peoples_jobs_do_not_count(world: World, memory: Memory) -> None:
    _settled(world, memory)
    world.slurm.controller.append(record("somebody else's", State.RUNNING, job_id=99))
    assert not _sweep(world, memory).again


def test_where_others_have_many_times_as_many_the_short_question_is_left(world: World, memory: Memory) -> None:
    _settled(world, memory)
    world.slurm.controller += [record("somebody else's", State.RUNNING, job_id=100 + number) for number in range(20)]
    assert not _sweep(world, memory).again
    memory.ask_wholly()
    world.slurm.calls.clear()
    for _ in range(3):
        _sweep(world, memory)
    assert world.slurm.calls == {"jobs": 3}


def test_a_short_answer_that_is_old_is_not_enough(world: World, memory: Memory, clock: list[float]) -> None:
    """A reason that changes, and an id that a controller gives out again after a crash, show in a whole answer only."""
    first, second, third = _settled(world, memory)
    other = record("somebody else's", job_id=first.slurm_id)
    world.slurm.controller = [
        other, record(second.uuid, job_id=2, reason="Resources"), record(third.uuid, job_id=3, reason="Priority")
    ]  # fmt: skip
    clock[0] += remembering.WHOLE_EVERY_S - 1
    assert not _sweep(world, memory).changed
    clock[0] += 1
    assert _sweep(world, memory).changed == 2
    assert first.absent_since is not None
    assert "Priority" not in second.reason
    assert second.reason != third.reason


def test_a_job_that_somebody_cancels_is_ended_at_the_next_sweep(world: World, memory: Memory) -> None:
    first, *_ = _settled(world, memory)
    cancel_job(world.session, world.services, first)
    _sweep(world, memory)
    assert world.slurm.cancelled == [1]
    for _ in range(2):
        _sweep(world, memory)
    assert world.slurm.cancelled == [1, 1, 1], "again and again, until it has ended"
    assert "state_lines" not in world.slurm.calls


def test_a_new_job_makes_the_next_sweep_whole(world: World, memory: Memory) -> None:
    _settled(world, memory)
    job = world.submit("a b", {"x.txt": b"1"})
    world.slurm.say(job.uuid, State.RUNNING)
    _sweep(world, memory)
    assert job.state == "running"


def test_a_marker_that_appears_under_an_equal_answer(world: World, memory: Memory) -> None:
    first, *_ = _settled(world, memory, State.RUNNING)
    world.mark(first, slurm_id=1)
    memory.ask_wholly()  # as a poke does, and every ten seconds
    assert _sweep(world, memory).changed == 1
    assert first.state == "finishing"


def test_the_word_of_a_job_that_is_finishing_is_waited_for_by_whole_questions(world: World, memory: Memory) -> None:
    first, *_ = _settled(world, memory, State.RUNNING)
    world.slurm.say(first.uuid, State.COMPLETING)
    memory.ask_wholly()
    assert [_sweep(world, memory).finishing for _ in range(3)] == [1, 1, 1]
    assert world.slurm.calls == {"jobs": 3}


def test_an_id_of_another_job_with_the_same_state(world: World, memory: Memory) -> None:
    """A controller that was killed gives an id out again: the mark says that it is another job."""
    first, *_ = _settled(world, memory)
    world.slurm.controller[0] = record("another uuid", job_id=1, reason="Priority")
    memory.ask_wholly()
    _sweep(world, memory)
    assert first.absent_since is not None


def test_tasks_and_their_batch(world: World, memory: Memory) -> None:
    batch = world.batch(3)
    for state in (State.PENDING, State.RUNNING):
        world.slurm.say(batch.uuid, state)
        for _ in range(4):
            _sweep(world, memory)
    assert (batch.state, world.slurm.calls["state_lines"]) == ("running", 2)
    for task in range(3):
        assert batch.state == "running"
        world.slurm.say(batch.uuid, State.COMPLETED, task=task, exit_code=0, signal=0)
        for _ in range(2):
            _sweep(world, memory)
    world.session.expire_all()
    assert batch.state == "done"


def test_a_process_that_stood_still_remembers_nothing(world: World, memory: Memory, clock: list[float]) -> None:
    """Another one may have had the right to sweep meanwhile, and have been killed between two moves."""
    batch = world.batch(3)
    world.slurm.say(batch.uuid, State.RUNNING)
    for _ in range(3):
        _sweep(world, memory)
    for task in world.tasks(batch):
        task.state = "done"  # moved by the other, which did not come to the batch
    world.session.commit()
    clock[0] += remembering.STALE_AFTER_S
    _sweep(world, memory)
    assert batch.state == "done"


def test_what_was_remembered_for_long_is_looked_at_again(
    world: World, memory: Memory, clock: list[float], looked: list[Path]
) -> None:
    _settled(world, memory)
    looked.clear()
    for _ in range(int(remembering.FORGOTTEN_AFTER_S / 10) + 1):
        clock[0] += 10
        _sweep(world, memory)
    assert len(looked) == 3


def test_a_slurm_without_the_short_question_is_asked_wholly(world: World, memory: Memory) -> None:
    _settled(world, memory)
    world.slurm.short_fails = CommandFailed("unrecognized option '--only-job-state'")
    for _ in range(4):
        _sweep(world, memory)
    assert world.slurm.calls == {"state_lines": 1, "jobs": 3}


def test_a_controller_that_falls_silent_moves_nothing(world: World, memory: Memory) -> None:
    jobs = _settled(world, memory)
    world.slurm.be_away()
    assert _sweep(world, memory).again
    assert not _sweep(world, memory).slurm_answered
    assert [job.state for job in jobs] == ["pending"] * 3
    world.slurm.come_back()
    assert _sweep(world, memory).slurm_answered


def test_a_controller_that_falls_silent_for_a_moment(world: World, memory: Memory) -> None:
    _settled(world, memory)
    world.slurm.short_fails = SlurmUnavailable("busy")
    assert _sweep(world, memory).again
    world.slurm.short_fails = None
    world.slurm.calls.clear()
    for _ in range(2):
        _sweep(world, memory)
    assert world.slurm.calls == {"jobs": 1, "state_lines": 1}, "it is asked shortly again"


def test_a_move_that_could_not_be_written_is_tried_again(
    world: World, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = _settled(world, memory)
    world.slurm.say(first.uuid, State.RUNNING)
    memory.ask_wholly()

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("allgo_hpc.sweeping.together.move_together", fail)
        assert _sweep(world, memory).failed == 1
    assert first.state == "pending"
    assert _sweep(world, memory).changed == 1
    assert first.state == "running"


def test_lost_jobs_do_not_keep_it_awake(world: World, memory: Memory) -> None:
    lost = world.job(JobState.LOST, finished_at=utc_now() - timedelta(days=1))
    _settled(world, memory)
    _sweep(world, memory)
    assert world.slurm.calls == {"state_lines": 1}
    world.slurm.controller.append(record(lost.uuid, State.RUNNING, job_id=50))
    memory.ask_wholly()
    _sweep(world, memory)
    assert lost.state == "running"
