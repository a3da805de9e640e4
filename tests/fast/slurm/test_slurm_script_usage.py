"""What the script says of processor time and memory; the control groups are folders made here."""

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slurm.marker import Marker, read_marker
from slurm.spec import JobSpec
from tests.fast.slurm.node import control_log, logged, run, sh, start, until

# Uses 0.4 s of processor time, by the program's own clock of that; the kernel's sum of ticks may be a little below.
BURN = "import time; list(iter(lambda: time.process_time() < 0.4, False))"
V1 = "6:freezer:/slurm_c1/uid_9/job_5/step_batch\n4:memory:/slurm_c1/uid_9/job_5/step_batch/task_0\n0::/\n"
V2 = "0::/system.slice/slurmstepd.scope/job_5/step_batch/user/task_0\n"
PEAK_V1 = "memory/slurm_c1/uid_9/job_5/memory.max_usage_in_bytes"
PEAK_V2 = "system.slice/slurmstepd.scope/job_5/memory.peak"


def kernel(root: Path, groups: str, **peaks: str) -> Path:
    """Make /proc/self/cgroup and files of /sys/fs/cgroup below a folder; names of ``peaks`` have ``__`` for ``/``."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, text in peaks.items():
        file = root / "sys/fs/cgroup" / name.replace("__", "/")
        file.parent.mkdir(parents=True)
        file.write_text(text)
    return root


def marker_of(spec: JobSpec, root: Path | None = None) -> Marker:
    assert run(spec, root=root) == 0
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert control_log(spec) == ""
    return marker


def test_processor_time_of_the_command_and_its_children(spec: JobSpec) -> None:
    burn = f"{sys.executable} -c '{BURN}'"
    marker = marker_of(replace(spec, command=sh(f"{burn} & {burn}; wait")))
    assert marker.cpu_s is not None
    assert 0.75 <= marker.cpu_s < 3


def test_waiting_costs_nothing(spec: JobSpec) -> None:
    marker = marker_of(replace(spec, command=("sleep", "0.5")))
    assert marker.cpu_s is not None
    assert marker.cpu_s < 0.2


def test_processor_time_of_a_command_that_was_ended(spec: JobSpec) -> None:
    code = f"{BURN}; print('burnt', flush=True); time.sleep(60)"
    process = start(replace(spec, command=(sys.executable, "-c", code)))
    until(lambda: "burnt" in logged(spec), "the time is used")
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 143
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.cpu_s is not None
    assert 0.35 <= marker.cpu_s < 3


def test_a_command_that_was_not_started_used_nothing_known(spec: JobSpec) -> None:
    spec.work_dir.rmdir()
    run(spec)
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.cpu_s, marker.peak_memory_bytes) == (None, None)
    assert "cpu_s" not in (spec.control_dir / "exit").read_text()


@pytest.mark.parametrize(
    ("groups", "peak"),
    [
        (V1, PEAK_V1),
        (V1.replace(":memory:", ":hugetlb,memory:"), PEAK_V1),
        (V1 + V2, PEAK_V1),
        (V2 + V1, PEAK_V1),
        (V2, PEAK_V2),
        ("0::/job_5/step_batch\n", "job_5/memory.peak"),
        ("0::/job_1/a:b/job_5/step_batch\n", "job_1/a:b/job_5/memory.peak"),
    ],
)
def test_peak_memory_of_the_jobs_group(spec: JobSpec, tmp_path: Path, groups: str, peak: str) -> None:
    root = kernel(tmp_path / "kernel", groups, **{peak.replace("/", "__"): "62914560\n"})
    assert marker_of(spec, root).peak_memory_bytes == 62914560


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        (V1, ""),
        (V1, "max\n"),
        (V1, "-1\n"),
        (V1, "1\0002x\n"),
        (V1, "9" * 30 + "\n"),
        ("4:memory:/system.slice/slurmd.service\n0::/\n", "5\n"),
        ("4:memory:/myjob_5/x\n", "5\n"),
        ("", "5\n"),
        ("junk\n::\n:memory\n4:memory:\n", "5\n"),
        ("4:memory:/slurm/$(touch pwned)/job_7;id\n", "5\n"),
    ],
)
def test_no_peak_is_better_than_a_wrong_one(spec: JobSpec, tmp_path: Path, groups: str, text: str) -> None:
    marker = marker_of(spec, kernel(tmp_path / "kernel", groups, **{PEAK_V1.replace("/", "__"): text}))
    assert marker.peak_memory_bytes is None
    assert marker.cpu_s is not None
    assert not list(spec.work_dir.glob("pwned*"))


def test_a_kernel_that_tells_nothing_fails_no_job(spec: JobSpec, tmp_path: Path) -> None:
    root = tmp_path / "kernel"
    root.mkdir()
    assert run(spec, root=root) == 0
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.peak_memory_bytes is None


def test_measuring_does_not_delay_the_end(spec: JobSpec) -> None:
    assert run(replace(spec, command=sh("date +%s.%N"))) == 0
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.finished_at.timestamp() - float(logged(spec)) < 0.5
    assert time.time() - marker.finished_at.timestamp() < 5
