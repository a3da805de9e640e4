"""Time limits on a real Slurm: who ends a job, when, and what is said of it."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from slurm import JobSpec, Marker, State, read_marker
from tests.slurm.lab import Lab, until

pytestmark = pytest.mark.scheduler

Jobs = dict[str, tuple[int, JobSpec]]


@pytest.fixture
def ended(lab: Lab, limited: Jobs) -> Callable[[str], tuple[State, Marker, float]]:
    """Waits for one of the jobs; returns Slurm's word, which is the accounting's too, the marker and its seconds."""

    def wait(name: str) -> tuple[State, Marker, float]:
        job_id, spec = limited[name]
        record = lab.final(job_id, spec, limit_s=180)
        assert lab.accounted(job_id, spec).state is record.state
        marker = until(lambda: read_marker(spec.control_dir), "the marker")
        assert marker.slurm_job_id == job_id
        return record.state, marker, (marker.finished_at - marker.started_at).total_seconds()

    return wait


def test_less_than_a_minute_is_kept(limited: Jobs, ended: Callable[[str], tuple[State, Marker, float]]) -> None:
    state, marker, seconds = ended("short")
    assert state is State.FAILED, "never COMPLETED, whatever the command said"
    assert (marker.limit_reached, marker.exit_code, marker.signal) == (True, 143, 15)
    assert 52 <= seconds < 60
    assert "saved" in limited["short"][1].log_file.read_text()


def test_less_than_a_minute_is_kept_by_force(ended: Callable[[str], tuple[State, Marker, float]]) -> None:
    state, marker, seconds = ended("short-ignores")
    assert state is State.FAILED
    assert (marker.limit_reached, marker.exit_code, marker.signal) == (True, 137, 9)
    assert 57 <= seconds < 60


def test_each_task_has_its_own_limit(lab: Lab, limited: Jobs) -> None:
    job_id, spec = limited["array"]
    until(lambda: read_marker(spec.control_dir / "0"), "the first task's marker")
    tasks = lab.ended_tasks(job_id, spec, {0, 1})
    assert (tasks[0].state, tasks[1].state) == (State.FAILED, State.COMPLETED)
    markers = [read_marker(spec.control_dir / index) for index in "01"]
    assert [marker and marker.limit_reached for marker in markers] == [True, False]
    assert "saved" in lab.task_log(spec, 0)


def test_slurm_warns_of_a_longer_limit(limited: Jobs, ended: Callable[[str], tuple[State, Marker, float]]) -> None:
    state, marker, seconds = ended("long")
    assert state is State.FAILED
    assert (marker.limit_reached, marker.exit_code, marker.signal) == (True, 143, 15)
    assert seconds < 60
    assert "saved" in limited["long"][1].log_file.read_text()


def test_who_ignores_slurms_warning_is_gone(ended: Callable[[str], tuple[State, Marker, float]]) -> None:
    state, marker, seconds = ended("long-ignores")
    assert state is State.FAILED
    assert (marker.limit_reached, marker.exit_code, marker.signal) == (True, 137, 9)
    assert 28 <= seconds < 62


def test_slurms_own_end(ended: Callable[[str], tuple[State, Marker, float]]) -> None:
    state, marker, _ = ended("cut")
    assert state is State.TIMEOUT
    assert (marker.limit_reached, marker.exit_code, marker.signal) == (False, 143, 15)


def test_nothing_of_a_script_is_left(limited: Jobs, ended: Callable[[str], tuple[State, Marker, float]]) -> None:
    for name in ("short", "short-ignores", "long", "long-ignores", "cut"):
        ended(name)
    ids = {str(job_id) for job_id, _ in limited.values()}
    assert not ids & running_jobs()


def running_jobs() -> set[str]:
    """The ids of jobs that have a process on this machine, by the kernel's own account."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/cgroup"):
        with suppress(OSError):
            found |= set(re.findall(r"/job_(\d+)", file.read_text()))
    return found
