"""The limit's approach: the command is told to end, is gone in time, and the marker says that it was cut."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slurm.marker import Marker, read_marker
from slurm.spec import JobSpec
from tests.fast.slurm.golden import SPECS
from tests.fast.slurm.node import ENV, control_log, left, logged, run, sh, start, until

SAVES = "trap 'echo saved; exit {}' TERM; echo started; while :; do sleep 0.05; done"
IGNORES = "trap '' TERM; echo started; while :; do sleep 0.05; done"
# The script's own timer, as rendered for a limit of a minute; and one that is over at once.
TIMER = ("stop_after_s=53\n", "stop_after_s=1\n")


def marker_of(spec: JobSpec) -> Marker:
    marker = read_marker(spec.control_dir)
    assert marker is not None
    return marker


@pytest.mark.parametrize(
    ("code", "kept", "number"), [("0", 143, 15), ("3", 3, 0), ("143", 143, 15)], ids=["well", "failed", "as-by-term"]
)
@pytest.mark.parametrize("limit_min", [1, 20])
def test_a_warned_command_keeps_what_it_has(spec: JobSpec, code: str, kept: int, number: int, limit_min: int) -> None:
    process = start(replace(spec, time_limit_min=limit_min, command=sh(SAVES.format(code))))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGUSR2)
    assert process.wait(20) == kept
    marker = marker_of(spec)
    assert (marker.exit_code, marker.signal, marker.limit_reached, marker.problem) == (kept, number, True, "")
    assert marker.cpu_s is not None
    assert logged(spec).count("saved") == 1
    assert "reached its time limit" in control_log(spec)
    until(lambda: not left(process), "nothing of it runs")


@pytest.mark.parametrize("warnings", [1, 5])
def test_a_command_that_ignores_the_warning_is_gone(spec: JobSpec, warnings: int) -> None:
    process = start(replace(spec, grace_s=3, command=sh(IGNORES)))
    until(lambda: "started" in logged(spec), "the command runs")
    told = time.monotonic()
    for _ in range(warnings):
        os.kill(process.pid, signal.SIGUSR2)
    assert process.wait(20) == 137
    assert time.monotonic() - told >= 1, "KILL came without the second of grace"
    marker = marker_of(spec)
    assert (marker.exit_code, marker.signal, marker.limit_reached) == (137, 9, True)
    until(lambda: not left(process), "nothing of it runs")


def test_the_command_is_told_once(spec: JobSpec) -> None:
    code = "trap 'echo told' TERM; echo started; until [ -e stop ]; do sleep 0.05; done; exit 4"
    process = start(replace(spec, time_limit_min=20, command=sh(code)))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGUSR2)
    until(lambda: "told" in logged(spec), "the command was told")
    os.kill(process.pid, signal.SIGUSR2)
    assert len(left(process)) > 1
    (spec.work_dir / "stop").touch()
    assert process.wait(20) == 4
    assert logged(spec).count("told") == 1
    until(lambda: not left(process), "the helper that would have killed it is gone")


def test_a_short_limit_is_kept_by_the_script_itself(spec: JobSpec) -> None:
    process = start(replace(spec, command=sh(SAVES.format(0))), edit=TIMER)
    assert process.wait(20) == 143
    marker = marker_of(spec)
    assert (marker.signal, marker.limit_reached) == (15, True)
    assert (marker.finished_at - marker.started_at).total_seconds() < 5
    assert logged(spec).count("saved") == 1
    until(lambda: not left(process), "nothing of it runs")


def test_a_short_limit_and_a_command_that_ignores_it(spec: JobSpec) -> None:
    process = start(replace(spec, grace_s=3, command=sh(IGNORES)), edit=("stop_after_s=57\n", "stop_after_s=1\n"))
    assert process.wait(20) == 137
    assert (marker_of(spec).signal, marker_of(spec).limit_reached) == (9, True)
    until(lambda: not left(process), "nothing of it runs")


def test_time_before_the_command_counts(spec: JobSpec) -> None:
    """A slow file system must not move the end of the command beyond the job's limit."""
    slow = "SECONDS=60; cd -- "
    began = time.monotonic()
    assert start(replace(spec, command=sh("exec sleep 50")), edit=("\ncd -- ", f"\n{slow}")).wait(20) == 143
    assert time.monotonic() - began < 10
    assert marker_of(spec).limit_reached


def test_a_short_job_waits_for_nothing(spec: JobSpec) -> None:
    began = time.monotonic()
    process = start(replace(spec, command=("true",)))
    assert process.wait(20) == 0
    assert time.monotonic() - began < 10
    until(lambda: not left(process), "nothing of it runs")
    assert not marker_of(spec).limit_reached
    assert "limit" not in (spec.control_dir / "exit").read_text()
    assert control_log(spec) == ""


def test_the_timer_holds_nothing_of_the_jobs(spec: JobSpec) -> None:
    code = "until pgrep -s 0 -x sleep >pid; do :; done; readlink /proc/$(cat pid)/fd/* >open; exit 0"
    assert run(replace(spec, command=sh(code))) == 0
    assert str(spec.log_file) not in (spec.work_dir / "open").read_text()
    assert (spec.work_dir / "open").read_text()


def test_a_warning_before_the_command_starts(spec: JobSpec) -> None:
    process = start(replace(spec, command=sh("touch ran")), edit=("\nsignal=0\n", "\nkill -USR2 $$; signal=0\n"))
    assert process.wait(20) == 143
    assert (marker_of(spec).signal, marker_of(spec).limit_reached) == (15, True)
    assert not (spec.work_dir / "ran").exists()
    assert "before the command was started" in control_log(spec)


def test_a_warning_before_the_commands_id_is_known(spec: JobSpec) -> None:
    edit = ("    child=$!", "    until [[ -s $log_file ]]; do sleep 0.05; done; kill -USR2 $$; child=$!")
    process = start(replace(spec, grace_s=3, command=sh(IGNORES)), edit=edit)
    assert process.wait(20) == 137
    assert marker_of(spec).limit_reached
    until(lambda: not left(process), "nothing of it runs")


@pytest.mark.parametrize("code", [0, 3])
def test_a_command_that_ended_just_before_did_not_reach_its_limit(spec: JobSpec, code: int) -> None:
    edit = ("    trap '' TERM USR2\n", "    kill -USR2 $$; trap '' TERM USR2\n")
    assert start(replace(spec, command=sh(f"exit {code}")), edit=edit).wait(20) == code
    assert (marker_of(spec).exit_code, marker_of(spec).signal, marker_of(spec).limit_reached) == (code, 0, False)


def test_slurms_term_after_the_warning(spec: JobSpec) -> None:
    code = "trap 'echo told' TERM; echo started; until [ -e stop ]; do sleep 0.05; done; exit 0"
    process = start(replace(spec, time_limit_min=20, command=sh(code)))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGUSR2)
    until(lambda: "told" in logged(spec), "the command was told")
    os.kill(process.pid, signal.SIGTERM)
    until(lambda: logged(spec).count("told") == 2, "the command was told again")
    (spec.work_dir / "stop").touch()
    assert process.wait(20) == 143
    assert (marker_of(spec).signal, marker_of(spec).limit_reached) == (15, True)


def test_a_job_that_is_being_cancelled_does_not_reach_its_limit(spec: JobSpec) -> None:
    code = "trap 'echo told' TERM; echo started; until [ -e stop ]; do sleep 0.05; done; exit 0"
    process = start(replace(spec, time_limit_min=20, command=sh(code)))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGTERM)
    until(lambda: "told" in logged(spec), "the command was told")
    os.kill(process.pid, signal.SIGUSR2)
    (spec.work_dir / "stop").touch()
    assert process.wait(20) == 143
    assert (marker_of(spec).signal, marker_of(spec).limit_reached) == (15, False)


def test_scratch_is_removed_after_the_limit(spec: JobSpec, tmp_path: Path) -> None:
    process = start(replace(spec, scratch_dir=tmp_path / "scratch", command=sh(SAVES.format(0))), edit=TIMER)
    assert process.wait(20) == 143
    assert not (tmp_path / "scratch").exists()


def test_each_task_keeps_its_own_limit(spec: JobSpec) -> None:
    (spec.control_dir / "tasks").write_text("t0\nt1\n")
    for name in ("t0", "t1"):
        (spec.work_dir / name).mkdir()
    work_dir = spec.work_dir / "@TASK@"
    command = sh(f'[ "$SLURM_ARRAY_TASK_ID" = 0 ] || exit 0; {SAVES.format(0)}')
    array = replace(spec, tasks=2, work_dir=work_dir, log_file=work_dir / "allgo.log", command=command)
    numbers = [{**ENV, "SLURM_ARRAY_JOB_ID": "40", "SLURM_ARRAY_TASK_ID": index} for index in "01"]
    processes = [start(array, env, edit=TIMER) for env in numbers]
    assert [process.wait(20) for process in processes] == [143, 0]
    markers = [read_marker(spec.control_dir / index) for index in "01"]
    assert [marker and marker.limit_reached for marker in markers] == [True, False]
    assert SPECS["array"].limit_warning.by_slurm_s == 30
