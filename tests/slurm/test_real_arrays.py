"""Job arrays on a real Slurm: each task once, in its own folders, cancelled alone or all together."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from slurm import EXIT_CLAIMED, EXIT_NO_TASK, TASK_MARK, JobSpec, Phase, State, SubmitRefused, read_claim, read_marker
from tests.slurm.lab import Lab, until

pytestmark = pytest.mark.scheduler

# Runs until somebody puts the file "go" in the task's folder.
UNTIL_GO = ("bash", "-c", "echo started; until [ -e go ]; do sleep 0.1; done")


def go(spec: JobSpec, *tasks: int) -> None:
    for index in tasks:
        (spec.work_dir.parent / f"t{index}" / "go").touch()


def test_each_task_runs_once_in_its_own_folder(lab: Lab) -> None:
    spec = lab.array(5, "bash", "-c", 'echo "$0 $SLURM_ARRAY_TASK_ID $(basename "$PWD")" >>ran', f"word-{TASK_MARK}")
    job_id = lab.client.submit(spec)
    everything = set(range(5))
    seen = lab.ended_tasks(job_id, spec, everything)
    accounted = lab.accounted_tasks(job_id, spec, everything)
    assert set(seen) == set(accounted) == everything
    for index in everything:
        one, other = seen[index], accounted[index]
        assert (one.state, one.exit_code, one.signal) == (State.COMPLETED, 0, 0)
        assert (other.state, other.exit_code, other.signal) == (State.COMPLETED, 0, 0)
        assert (one.name, one.submitted_at, one.started_at) == (other.name, other.submitted_at, other.started_at)
        assert other.elapsed_s is not None
        ran = spec.work_dir.parent / f"t{index}" / "ran"
        assert ran.read_text() == f"word-t{index} {index} t{index}\n"
        control = spec.control_dir / str(index)
        marker, claim = read_marker(control), read_claim(control)
        assert marker is not None
        assert claim is not None
        assert (marker.exit_code, marker.slurm_job_id, marker.problem) == (0, job_id, "")
        assert (claim.slurm_job_id, claim.node) == (job_id, one.nodes)
        assert marker.cpu_s is not None
        assert marker.peak_memory_bytes is not None
    assert not (spec.control_dir / "claim").exists()


def test_how_a_task_ends_is_its_own(lab: Lab) -> None:
    spec = lab.array(3, "bash", "-c", "exit $SLURM_ARRAY_TASK_ID")
    job_id = lab.client.submit(spec)
    wanted = {0: (State.COMPLETED, 0), 1: (State.FAILED, 1), 2: (State.FAILED, 2)}
    for tasks in (lab.ended_tasks(job_id, spec, {0, 1, 2}), lab.accounted_tasks(job_id, spec, {0, 1, 2})):
        assert {index: (task.state, task.exit_code) for index, task in tasks.items()} == wanted
    for index in wanted:
        marker = read_marker(spec.control_dir / str(index))
        assert marker is not None
        assert marker.exit_code == index


def test_a_waiting_task_cancelled_alone_never_runs(lab: Lab, whole_node: Callable[[JobSpec], JobSpec]) -> None:
    spec = whole_node(lab.array(4, *UNTIL_GO))
    job_id = lab.client.submit(spec)
    until(lambda: "started" in lab.task_log(spec, 0), "the first task to run")
    before = lab.tasks(job_id, spec)
    assert set(before) == {0, 1, 2, 3}
    assert before[0].state is State.RUNNING
    assert (before[3].state, before[3].started_at, before[3].nodes) == (State.PENDING, None, "")
    (spec.control_dir / "3/claim").mkdir(parents=True)
    lab.client.cancel([], [(job_id, 3)])
    go(spec, 0, 1, 2, 3)
    seen = lab.ended_tasks(job_id, spec, {0, 1, 2})
    accounted = lab.accounted_tasks(job_id, spec, {0, 1, 2})
    for tasks in (seen, accounted):
        # Slurm keeps no record of it anywhere.
        assert {index: task.state for index, task in tasks.items()} == dict.fromkeys((0, 1, 2), State.COMPLETED)
    assert lab.task_log(spec, 3) == ""
    assert [path.name for path in (spec.control_dir / "3").iterdir()] == ["claim"]
    lab.client.cancel([], [(job_id, 3), (job_id, 0), (job_id, 77)])  # gone, ended, never there: no error


def test_a_running_task_cancelled_alone(lab: Lab) -> None:
    spec = lab.array(2, *UNTIL_GO)
    job_id = lab.client.submit(spec)
    until(lambda: all("started" in lab.task_log(spec, index) for index in (0, 1)), "both tasks to run")
    lab.client.cancel([], [(job_id, 0)])
    seen = lab.ended_tasks(job_id, spec, {0})
    assert (seen[0].state, seen[1].state) == (State.CANCELLED, State.RUNNING)
    marker = until(lambda: read_marker(spec.control_dir / "0"), "the marker")
    assert (marker.exit_code, marker.signal) == (143, 15)
    go(spec, 1)
    for tasks in (lab.ended_tasks(job_id, spec, {0, 1}), lab.accounted_tasks(job_id, spec, {0, 1})):
        assert {index: task.state for index, task in tasks.items()} == {0: State.CANCELLED, 1: State.COMPLETED}


def test_a_whole_array_cancelled(lab: Lab, whole_node: Callable[[JobSpec], JobSpec]) -> None:
    spec = whole_node(lab.array(5, *UNTIL_GO))
    job_id = lab.client.submit(spec)
    until(lambda: "started" in lab.task_log(spec, 0), "the first task to run")
    phases = {index: task.state.phase for index, task in lab.tasks(job_id, spec).items()}
    assert (phases[0], phases[4]) == (Phase.RUNNING, Phase.PENDING)
    lab.client.cancel([job_id])
    everything = set(range(5))
    for tasks in (lab.ended_tasks(job_id, spec, everything), lab.accounted_tasks(job_id, spec, everything)):
        assert {index: task.state for index, task in tasks.items()} == dict.fromkeys(everything, State.CANCELLED)
        assert (tasks[4].started_at, tasks[4].exit_code) == (None, None)
        assert tasks[0].started_at is not None
    assert read_claim(spec.control_dir / "4") is None
    lab.client.cancel([job_id], [(job_id, 4)])  # has ended already: no error


def test_a_task_that_is_claimed_does_not_run(lab: Lab) -> None:
    spec = lab.array(2, "bash", "-c", "echo ran")
    (spec.control_dir / "0/claim").mkdir(parents=True, mode=0o700)
    job_id = lab.client.submit(spec)
    tasks = lab.ended_tasks(job_id, spec, {0, 1})
    assert (tasks[0].state, tasks[0].exit_code) == (State.FAILED, EXIT_CLAIMED)
    assert (tasks[1].state, tasks[1].exit_code) == (State.COMPLETED, 0)
    assert (lab.task_log(spec, 0), lab.task_log(spec, 1)) == ("", "ran\n")


def test_a_task_without_its_word_does_not_run(lab: Lab) -> None:
    spec = lab.array(2, "bash", "-c", "echo ran")
    (spec.control_dir / "tasks").write_text("t0\n../control\n")
    job_id = lab.client.submit(spec)
    tasks = lab.ended_tasks(job_id, spec, {0, 1})
    assert (tasks[0].exit_code, tasks[1].exit_code) == (0, EXIT_NO_TASK)
    marker = read_marker(spec.control_dir / "1")
    assert marker is not None
    assert (marker.problem, marker.slurm_job_id) == ("tasks", job_id)


def test_an_array_beyond_slurms_limit_is_refused(lab: Lab) -> None:
    spec = replace(lab.array(1, "true"), tasks=4_000_002)  # the largest MaxArraySize is 4 000 001
    with pytest.raises(SubmitRefused, match=r"(?i)invalid job array") as caught:
        lab.client.submit(spec)
    assert not caught.value.transient


def test_long_lists_of_tasks_are_whole(lab: Lab, whole_node: Callable[[JobSpec], JobSpec]) -> None:
    """Slurm shortens the list of an array's waiting tasks where it prints them in one row."""
    spec = whole_node(lab.array(200, *UNTIL_GO))
    job_id = lab.client.submit(spec)
    until(lambda: "started" in lab.task_log(spec, 0), "the first task to run")
    gaps = set(range(51, 200, 2))
    lab.client.cancel([], [(job_id, index) for index in sorted(gaps)])
    rest = set(range(200)) - gaps
    assert set(lab.tasks(job_id, spec)) == rest
    assert {task.task for task in lab.client.accounted(job_ids=[job_id])} == rest
    lab.client.cancel([job_id])
    assert set(lab.ended_tasks(job_id, spec, rest)) == rest
    assert set(lab.accounted_tasks(job_id, spec, rest)) == rest
