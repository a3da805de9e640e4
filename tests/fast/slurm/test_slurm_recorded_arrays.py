"""Job arrays, as the real commands of each release described them."""

from collections.abc import Callable

import pytest

from slurm.record import JobRecord
from slurm.sacct import parse_sacct
from slurm.scancel import parse_scancel
from slurm.squeue import parse_squeue
from slurm.states import State
from tests.fast.slurm.recorded import Recorded, latest

Parse = Callable[[int, bytes, bytes], list[JobRecord]]
PROGRAMS: dict[str, Parse] = {"squeue-all": parse_squeue, "sacct-ids": parse_sacct}

# state, exit code, has started, has finished
SEEN = {
    "array_0": (State.COMPLETED, 0, True, True),
    "array_1": (State.FAILED, 1, True, True),
    "array_2": (State.FAILED, 2, True, True),
    "array-mixed_0": (State.RUNNING, None, True, False),
    "array-mixed_1": (State.PENDING, None, False, False),
    "array-mixed_3": (State.PENDING, None, False, False),
    "array-mixed_4": (State.PENDING, None, False, False),
    "array-cancelled_0": (State.CANCELLED, None, False, True),
    "array-cancelled_1": (State.CANCELLED, None, False, True),
    "array-cancelled_2": (State.CANCELLED, None, False, True),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_task_has_a_record(recorded: Recorded, program: str) -> None:
    jobs = latest(PROGRAMS[program](*recorded.answer(program)))
    for name, (state, code, started, finished) in SEEN.items():
        job = jobs[name]
        assert (job.state, job.exit_code) == (state, code), name
        assert (job.started_at is not None, job.finished_at is not None) == (started, finished), name
        assert bool(job.nodes) == started, name
        assert job.submitted_at is not None, name


@pytest.mark.parametrize("program", PROGRAMS)
def test_tasks_of_an_array_share_its_id(recorded: Recorded, program: str) -> None:
    jobs = latest(PROGRAMS[program](*recorded.answer(program)))
    for array in ("array", "array-mixed", "array-cancelled"):
        assert len({job.job_id for job in jobs.values() if job.name == f"fixture-{array}"}) == 1
    assert jobs["completed"].task is None


def test_squeue_and_sacct_agree_on_tasks(recorded: Recorded) -> None:
    controller = latest(parse_squeue(*recorded.answer("squeue-all")))
    accounting = latest(parse_sacct(*recorded.answer("sacct-ids")))
    for name in SEEN:
        one, other = controller[name], accounting[name]
        assert (one.job_id, one.task, one.submitted_at) == (other.job_id, other.task, other.submitted_at)
        assert one.comment == f"mark-{one.name.removeprefix('fixture-')}"
        assert other.comment == (one.comment if one.state.is_final else "")


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_waiting_task_cancelled_alone_leaves_no_record(recorded: Recorded, program: str) -> None:
    jobs = latest(PROGRAMS[program](*recorded.answer(program)))
    assert sorted(name for name in jobs if name.startswith("array-mixed")) == [
        "array-mixed_0",
        "array-mixed_1",
        "array-mixed_3",
        "array-mixed_4",
    ]


def test_an_array_emptied_task_by_task(recorded: Recorded) -> None:
    """The controller keeps one record that is no task's; the accounting knows both tasks."""
    controller = latest(parse_squeue(*recorded.answer("squeue-all")))
    left = [job for name, job in controller.items() if name.startswith("array-emptied")]
    assert [(job.task, job.state) for job in left] == [(None, State.CANCELLED)]
    accounting = latest(parse_sacct(*recorded.answer("sacct-ids")))
    assert {name for name in accounting if name.startswith("array-emptied")} == {"array-emptied_0", "array-emptied_1"}
    assert accounting["array-emptied_1"].state is State.CANCELLED


def test_memory_is_each_tasks_own(recorded: Recorded) -> None:
    jobs = latest(parse_sacct(*recorded.answer("sacct-ids")))
    for name in ("array_0", "array_1", "array_2"):
        assert jobs[name].max_rss_bytes is not None
        assert jobs[name].cpu_s is not None


@pytest.mark.parametrize("situation", ["scancel-task-pending", "scancel-task-finished"])
def test_cancelled_ended_or_never_known(recorded: Recorded, situation: str) -> None:
    parse_scancel(*recorded.answer(situation))
