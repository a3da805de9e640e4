"""The rendered script, run by bash on this machine: what it leaves behind is the contract."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slurm.marker import read_claim, read_marker
from slurm.script import (
    EXIT_CLAIMED,
    EXIT_NO_ARGV,
    EXIT_NO_CONTROL,
    EXIT_NO_LOG,
    EXIT_NO_SCRATCH,
    EXIT_NO_WORK_DIR,
)
from slurm.spec import JobSpec
from tests.fast.slurm.node import control_log, logged, run, sh, start, until
from tests.hostile import QUOTING, RAW, WORDS

# Prints its words, each ended by NUL, byte for byte.
ECHO = (sys.executable, "-c", "import os,sys; os.write(1, b''.join(os.fsencode(w) + b'\\0' for w in sys.argv[1:]))")
SLEEP = ("bash", "-c", 'echo started; sleep 60 & wait "$!"; echo not reached')


def test_success_leaves_a_whole_marker(spec: JobSpec) -> None:
    before = time.time()
    assert run(replace(spec, command=sh("echo out; echo err >&2; pwd"))) == 0
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal, marker.slurm_job_id, marker.problem) == (0, 0, 42, "")
    assert before - 1 <= marker.started_at.timestamp() <= marker.finished_at.timestamp() <= time.time() + 1
    assert logged(spec) == f"out\nerr\n{spec.work_dir}\n"
    claim = read_claim(spec.control_dir)
    assert claim is not None
    assert (claim.slurm_job_id, claim.node, claim.started_at) == (42, "c7", marker.started_at)
    assert sorted(path.name for path in spec.control_dir.iterdir()) == ["argv", "claim", "exit", "script.log"]
    assert control_log(spec) == ""


def test_files_are_for_the_service_user_only(spec: JobSpec) -> None:
    assert run(replace(spec, command=sh("touch made"))) == 0
    for path in (spec.control_dir / "exit", spec.control_dir / "claim", spec.work_dir / "made", spec.log_file):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("code", [1, 2, 90, 127, 200, 255])
def test_exit_code_is_kept(spec: JobSpec, code: int) -> None:
    assert run(replace(spec, command=sh(f"exit {code}"))) == code
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal, marker.problem) == (code, 0, "")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGINT])
def test_a_signal_that_ends_the_command_is_told(spec: JobSpec, number: int) -> None:
    assert run(replace(spec, command=sh(f"kill -{int(number)} $$"))) == 128 + number
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal) == (128 + number, number)


def test_a_command_that_is_not_there(spec: JobSpec) -> None:
    assert run(replace(spec, command=("/nowhere/program",))) == 127
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.exit_code == 127
    assert "/nowhere/program" in logged(spec)


def test_term_to_the_shell_alone_ends_the_command(spec: JobSpec) -> None:
    process = start(replace(spec, command=SLEEP))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 143
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal) == (143, 15)
    assert "not reached" not in logged(spec)


def test_a_command_that_ends_well_at_term_is_no_plain_exit(spec: JobSpec) -> None:
    code = "trap 'sleep 0.2; echo saved; exit 0' TERM; echo started; while :; do sleep 0.05; done"
    process = start(replace(spec, command=sh(code)))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 143
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal) == (143, 15)
    assert "saved" in logged(spec), "the command was not given the time to save its work"


def test_a_command_that_ignores_term_is_waited_for(spec: JobSpec) -> None:
    code = "trap '' TERM; echo started; while [ ! -e stop ]; do sleep 0.05; done; exit 3"
    process = start(replace(spec, command=sh(code)))
    until(lambda: "started" in logged(spec), "the command runs")
    for _ in range(5):
        os.kill(process.pid, signal.SIGTERM)
        time.sleep(0.02)
    assert read_marker(spec.control_dir) is None, "the marker came before the command's end"
    (spec.work_dir / "stop").touch()
    assert process.wait(20) == 3
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal) == (3, 15)


@pytest.mark.parametrize("minutes", [1, 60])  # with a timer of the script's own, and without
def test_a_command_that_is_stopped_for_a_while_goes_on(spec: JobSpec, minutes: int) -> None:
    command = sh("echo $$; while [ ! -e go ]; do sleep 0.05; done; exit 3")
    process = start(replace(spec, command=command, time_limit_min=minutes))
    until(lambda: logged(spec), "the command runs")
    group = int(logged(spec))
    os.killpg(group, signal.SIGTSTP)
    until(lambda: "State:\tT" in Path(f"/proc/{group}/status").read_text(), "the command is stopped")
    # A second for the script to hear of it: that nothing comes of it is the test.
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(1)
    os.killpg(group, signal.SIGCONT)
    (spec.work_dir / "go").touch()
    assert process.wait(20) == 3
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.signal) == (3, 0)


def test_what_the_command_leaves_running_is_ended(spec: JobSpec) -> None:
    assert run(replace(spec, command=sh("(trap '' HUP; sleep 60) & echo $! >pid"))) == 0
    pid = int((spec.work_dir / "pid").read_text())

    def gone() -> bool:
        status = Path(f"/proc/{pid}/status")
        return not status.exists() or "State:\tZ" in status.read_text()

    until(gone, "the left process has ended")


def test_second_start_is_refused_and_touches_nothing(spec: JobSpec) -> None:
    spec = replace(spec, command=sh("echo ran"))
    assert run(spec) == 0
    marker = (spec.control_dir / "exit").read_bytes()
    owner = (spec.control_dir / "claim/owner").read_bytes()
    assert run(spec) == EXIT_CLAIMED
    assert (spec.control_dir / "exit").read_bytes() == marker
    assert (spec.control_dir / "claim/owner").read_bytes() == owner
    assert logged(spec) == "ran\n"
    assert "holds the claim" in control_log(spec)


def test_many_starts_at_once_run_once(spec: JobSpec) -> None:
    processes = [start(replace(spec, command=sh("echo ran"))) for _ in range(8)]
    assert sorted(process.wait(20) for process in processes) == [0, *[EXIT_CLAIMED] * 7]
    assert logged(spec) == "ran\n"


def test_words_arrive_exactly(spec: JobSpec) -> None:
    words = [*(word.encode() for word in WORDS), *RAW, b"", b"a\nb", b""]
    (spec.control_dir / "argv").write_bytes(b"".join(word + b"\0" for word in words))
    assert run(replace(spec, command=ECHO)) == 0
    assert spec.log_file.read_bytes().split(b"\0")[:-1] == words
    assert not list(spec.work_dir.glob("pwned*")), "a word was run as code"


def test_words_of_the_command_arrive_exactly(spec: JobSpec) -> None:
    mine = [word for word in WORDS if word.isprintable()]
    assert run(replace(spec, command=(*ECHO, *mine))) == 0
    assert spec.log_file.read_text().split("\0")[:-1] == mine


@pytest.mark.parametrize("name", [text for text in QUOTING if text.strip() and "/" not in text and len(text) < 200])
def test_folders_of_any_name(spec: JobSpec, tmp_path: Path, name: str) -> None:
    for kind in ("control", "job"):
        (tmp_path / kind / name).mkdir()
    (tmp_path / "control" / name / "argv").touch()
    odd = replace(
        spec,
        control_dir=tmp_path / "control" / name,
        work_dir=tmp_path / "job" / name,
        log_file=tmp_path / "job" / name / "allgo.log",
        scratch_dir=tmp_path / name,
        command=("pwd",),
    )
    assert run(odd) == 0
    assert read_marker(odd.control_dir) is not None
    assert logged(odd) == f"{odd.work_dir}\n"
    assert not (tmp_path / name).exists()


def test_no_stdin(spec: JobSpec) -> None:
    assert run(replace(spec, command=("cat",))) == 0
    assert logged(spec) == ""


def test_path_is_set_and_only_the_log_is_open(spec: JobSpec) -> None:
    code = "import os; print(sorted(os.listdir('/proc/self/fd'))); print(os.environ['PATH'])"
    assert run(replace(spec, command=(sys.executable, "-c", code))) == 0
    descriptors, path = logged(spec).splitlines()
    assert descriptors == "['0', '1', '2', '3']"  # 3 is the folder being listed
    assert path == "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


def test_log_is_appended(spec: JobSpec) -> None:
    spec.log_file.write_text("before\n")
    assert run(replace(spec, command=sh("echo after"))) == 0
    assert logged(spec) == "before\nafter\n"


@pytest.mark.parametrize("argv", [None, b"cut", b"whole\0cut"])
def test_missing_or_cut_argv(spec: JobSpec, argv: bytes | None) -> None:
    (spec.control_dir / "argv").unlink()
    if argv is not None:
        (spec.control_dir / "argv").write_bytes(argv)
    assert run(replace(spec, command=sh("echo ran"))) == EXIT_NO_ARGV
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.problem) == (EXIT_NO_ARGV, "argv")
    assert "argv" in control_log(spec)
    assert logged(spec) == ""


def test_missing_work_dir(spec: JobSpec) -> None:
    spec.work_dir.rmdir()
    assert run(spec) == EXIT_NO_WORK_DIR
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert (marker.exit_code, marker.problem) == (EXIT_NO_WORK_DIR, "work_dir")
    assert "job folder" in control_log(spec)


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_log_that_is_no_plain_file(spec: JobSpec, kind: str) -> None:
    target = spec.control_dir.parent / "target"
    match kind:
        case "link":
            spec.log_file.symlink_to(target)
        case "pipe":
            os.mkfifo(spec.log_file)
        case _:
            spec.log_file.mkdir()
    assert run(replace(spec, command=sh("touch ran"))) == EXIT_NO_LOG
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.problem == "log"
    assert not target.exists()
    assert not (spec.work_dir / "ran").exists()


def test_a_log_swapped_by_the_command_is_not_followed(spec: JobSpec) -> None:
    target = spec.control_dir.parent / "target"
    assert run(replace(spec, command=sh(f"rm allgo.log; ln -s {target} allgo.log; echo secret"))) == 0
    assert not target.exists()


def test_missing_control_dir(spec: JobSpec) -> None:
    assert run(replace(spec, control_dir=spec.control_dir / "nowhere")) == EXIT_NO_CONTROL


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "scratch"


def test_scratch_is_made_and_removed(spec: JobSpec, scratch: Path) -> None:
    code = f"stat -c %a {scratch}; mkdir -p {scratch}/a/b; touch {scratch}/a/b/c; chmod 0 {scratch}/a/b {scratch}/a"
    assert run(replace(spec, scratch_dir=scratch, command=sh(code))) == 0
    assert logged(spec) == "700\n"
    assert not scratch.exists()


def test_scratch_is_removed_after_term(spec: JobSpec, scratch: Path) -> None:
    process = start(replace(spec, scratch_dir=scratch, command=SLEEP))
    until(lambda: "started" in logged(spec), "the command runs")
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 143
    assert not scratch.exists()


def test_scratch_does_not_follow_links(spec: JobSpec, scratch: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir(mode=0o500)
    assert run(replace(spec, scratch_dir=scratch, command=sh(f"ln -s {tmp_path}/other {scratch}/link"))) == 0
    assert not scratch.exists()
    assert (tmp_path / "other").stat().st_mode & 0o777 == 0o500


def test_somebody_elses_scratch_is_neither_used_nor_removed(spec: JobSpec, scratch: Path) -> None:
    scratch.mkdir()
    (scratch / "theirs").touch()
    assert run(replace(spec, scratch_dir=scratch, command=sh("touch ran"))) == EXIT_NO_SCRATCH
    marker = read_marker(spec.control_dir)
    assert marker is not None
    assert marker.problem == "scratch"
    assert (scratch / "theirs").exists()
    assert not (spec.work_dir / "ran").exists()
