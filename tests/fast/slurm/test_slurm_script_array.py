"""The script of an array, run by bash as Slurm would run each of its tasks."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from slurm.marker import Claim, read_claim, read_marker
from slurm.script import EXIT_CLAIMED, EXIT_NO_ARGV, EXIT_NO_CONTROL, EXIT_NO_TASK
from slurm.spec import TASK_MARK, JobSpec
from tests.fast.slurm.node import logged, run, sh, start
from tests.hostile import RAW, WORDS

TASKS = ("aa", "b.B", "c-_9", "x" * 64)
SHOW = (sys.executable, "-c", "import sys; print(sys.argv[1:])")


@pytest.fixture
def array(spec: JobSpec) -> JobSpec:
    (spec.control_dir / "tasks").write_text("".join(f"{task}\n" for task in TASKS))
    for task in TASKS:
        (spec.work_dir / task).mkdir()
    work_dir = spec.work_dir / TASK_MARK
    return replace(spec, work_dir=work_dir, log_file=work_dir / "allgo.log", command=("pwd",), tasks=len(TASKS))


def env(index: int | str) -> dict[str, str]:
    """Slurm's variables of a task: its own job id is another than the array's, but for one of the tasks."""
    return {
        "SLURM_ARRAY_JOB_ID": "42",
        "SLURM_ARRAY_TASK_ID": str(index),
        "SLURM_JOB_ID": "57",
        "SLURMD_NODENAME": "c7",
    }


def log_of(array: JobSpec, index: int) -> Path:
    return array.work_dir.parent / TASKS[index] / "allgo.log"


def run_with(array: JobSpec, tasks: bytes, index: int | str = 0) -> tuple[int, str]:
    """Run a task whose file ``tasks`` holds these bytes; returns the exit code and the marker's problem."""
    (array.control_dir / "tasks").write_bytes(tasks)
    code = run(replace(array, command=sh("touch ../../ran")), env(index))
    marker = read_marker(array.control_dir / str(index))
    return code, "no marker" if marker is None else marker.problem


def test_each_task_runs_in_its_own_folder(array: JobSpec) -> None:
    processes = [start(array, env(index)) for index in range(len(TASKS))]
    assert [process.wait(20) for process in processes] == [0] * len(TASKS)
    for index, task in enumerate(TASKS):
        folder = array.control_dir / str(index)
        assert log_of(array, index).read_text() == f"{array.work_dir.parent / task}\n"
        assert folder.stat().st_mode & 0o777 == 0o700
        assert sorted(path.name for path in folder.iterdir()) == ["claim", "exit", "script.log"]
        marker, claim = read_marker(folder), read_claim(folder)
        assert marker is not None
        assert claim is not None
        assert (marker.exit_code, marker.slurm_job_id, claim.slurm_job_id) == (0, 42, 42)
        assert (folder / "script.log").read_text() == ""
    assert sorted(path.name for path in array.control_dir.iterdir()) == ["0", "1", "2", "3", "argv", "tasks"]


def test_the_word_takes_the_marks_place_in_the_command(array: JobSpec) -> None:
    command = (*SHOW, TASK_MARK, f"--bind=/a/{TASK_MARK}/{TASK_MARK}:/tmp", "@task@", "TASK", "")
    assert run(replace(array, command=command), env(1)) == 0
    assert log_of(array, 1).read_text() == "['b.B', '--bind=/a/b.B/b.B:/tmp', '@task@', 'TASK', '']\n"


def test_users_words_are_the_same_for_all_and_never_replaced(array: JobSpec) -> None:
    words = [*(word.encode() for word in WORDS), *RAW, b"", TASK_MARK.encode()]
    (array.control_dir / "argv").write_bytes(b"".join(word + b"\0" for word in words))
    code = "import os,sys; os.write(1, b''.join(os.fsencode(w) + b'\\0' for w in sys.argv[1:]))"
    for index in (0, 3):
        assert run(replace(array, command=(sys.executable, "-c", code)), env(index)) == 0
        assert log_of(array, index).read_bytes().split(b"\0")[:-1] == words


def test_scratch_is_each_tasks_own(array: JobSpec, tmp_path: Path) -> None:
    scratch = tmp_path / f"scratch-{TASK_MARK}"
    removal = ("bash", "-c", f'echo "$0" >>{tmp_path}/removed; rm -r "$0"', str(scratch))
    code = sh(f"stat -c %n {tmp_path}/scratch-*")
    for index in (0, 1):
        assert run(replace(array, scratch_dir=scratch, scratch_removal=removal, command=code), env(index)) == 0
        assert log_of(array, index).read_text() == f"{tmp_path}/scratch-{TASKS[index]}\n"
    assert (tmp_path / "removed").read_text() == f"{tmp_path}/scratch-aa\n{tmp_path}/scratch-b.B\n"
    assert not list(tmp_path.glob("scratch-*"))


def test_exit_code_of_a_task(array: JobSpec) -> None:
    assert run(replace(array, command=sh("exit 3")), env(2)) == 3
    marker = read_marker(array.control_dir / "2")
    assert marker is not None
    assert marker.exit_code == 3


def test_a_task_started_twice_runs_once(array: JobSpec) -> None:
    spec = replace(array, command=sh("echo ran"))
    processes = [start(spec, env(1)) for _ in range(6)]
    assert sorted(process.wait(20) for process in processes) == [0, *[EXIT_CLAIMED] * 5]
    assert log_of(array, 1).read_text() == "ran\n"


def test_a_task_that_was_claimed_before_does_not_run(array: JobSpec) -> None:
    (array.control_dir / "1/claim").mkdir(parents=True)
    assert [run(array, env(index)) for index in (0, 1, 2)] == [0, EXIT_CLAIMED, 0]
    assert not log_of(array, 1).exists()
    assert read_marker(array.control_dir / "1") is None
    assert read_claim(array.control_dir / "1") == Claim(slurm_job_id=None, node=None, started_at=None)
    assert "holds the claim" in (array.control_dir / "1/script.log").read_text()


def test_a_folder_made_before_is_used(array: JobSpec) -> None:
    (array.control_dir / "1").mkdir(mode=0o700)
    assert run(array, env(1)) == 0
    assert read_marker(array.control_dir / "1") is not None


@pytest.mark.parametrize("index", ["", "-1", "01", "1x", "0x1", "a", "1\n2", "$(touch pwned)", "../0", " 1", "9" * 10])
def test_a_number_that_is_none(array: JobSpec, index: str) -> None:
    assert run(array, env(index)) == EXIT_NO_TASK
    assert sorted(path.name for path in array.control_dir.iterdir()) == ["argv", "tasks"]


def test_outside_an_array(array: JobSpec) -> None:
    assert run(array, {"SLURM_JOB_ID": "57"}) == EXIT_NO_TASK


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b".",
        b"..",
        b"../job",
        b"a/b",
        b"/etc",
        b"a b",
        b" aa",
        b"aa ",
        b"aa\r",
        b"a\0a",
        b"aa\0",
        b"\0",
        b"a\tb",
        b"$(touch ../pwned)",
        b"`id`",
        b"a;b",
        b"*",
        b"a?",
        b"[a-z]",
        b"~",
        b"a&b",
        b"a\\",
        b"a@TASK@",
        "é".encode(),
        b"\xff",
        b"x" * 65,
    ],
)
def test_hostile_lines_are_refused(array: JobSpec, line: bytes) -> None:
    assert run_with(array, b"aa\n" + line + b"\nb.B\n", 1) == (EXIT_NO_TASK, "tasks")
    assert "line 2 of the file tasks" in (array.control_dir / "1/script.log").read_text()
    assert not (array.control_dir.parent / "ran").exists()
    assert run_with(array, b"aa\n" + line + b"\nb.B\n", 2) == (0, ""), "the next task must not suffer"


@pytest.mark.parametrize(
    ("tasks", "index"), [(b"", 0), (b"aa\n", 1), (b"aa\nb.B", 1), (b"aa", 0), (b"aa\n", 999_999_999)]
)
def test_missing_and_cut_lines_are_refused(array: JobSpec, tasks: bytes, index: int) -> None:
    assert run_with(array, tasks, index) == (EXIT_NO_TASK, "tasks")


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_tasks_that_is_no_plain_file(array: JobSpec, kind: str) -> None:
    tasks = array.control_dir / "tasks"
    tasks.unlink()
    if kind == "folder":
        tasks.mkdir()
    if kind == "pipe":
        subprocess.run(["mkfifo", tasks], check=True)
    assert run(array, env(0)) == EXIT_NO_TASK
    marker = read_marker(array.control_dir / "0")
    assert marker is not None
    assert (marker.exit_code, marker.problem, marker.slurm_job_id) == (EXIT_NO_TASK, "tasks", 42)


def test_argv_is_the_arrays(array: JobSpec) -> None:
    (array.control_dir / "0").mkdir()
    (array.control_dir / "0/argv").touch()
    (array.control_dir / "argv").unlink()
    assert run(array, env(0)) == EXIT_NO_ARGV


def test_a_control_folder_that_is_gone_is_not_made_again(array: JobSpec) -> None:
    missing = array.control_dir / "nowhere"
    assert run(replace(array, control_dir=missing), env(0)) == EXIT_NO_CONTROL
    assert not missing.exists()
    assert logged(array) == ""


def test_a_plain_job_in_an_array_is_still_plain(spec: JobSpec) -> None:
    assert run(spec, env(1)) == 0
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.slurm_job_id == 57
