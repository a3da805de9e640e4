"""Commands are bounded in time, in output and in what they see."""

import os
import sys
import time
from pathlib import Path

import pytest

from slurm.errors import AnswerUnreadable, CommandTimedOut, SlurmUnavailable
from slurm.runner import Answer, environment, run


def sh(code: str, *, timeout_s: float = 20, stdin: bytes = b"", largest_output: int = 10**7) -> Answer:
    return run(
        ["/bin/bash", "-c", code], env=environment(), timeout_s=timeout_s, stdin=stdin, largest_output=largest_output
    )


def test_status_and_both_outputs() -> None:
    assert sh("echo out; echo err >&2; exit 3") == Answer(3, b"out\n", b"err\n")


def test_a_signal_is_a_negative_status() -> None:
    assert sh("kill -9 $$").rc == -9


def test_megabytes_both_ways_do_not_block() -> None:
    data = os.urandom(3_000_000)
    answer = sh("tee /dev/stderr", stdin=data)
    assert answer == Answer(0, data, data)


def test_a_command_may_leave_its_stdin_unread() -> None:
    assert sh("exec <&-; echo done", stdin=b"x" * 3_000_000) == Answer(0, b"done\n", b"")


def test_nothing_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SBATCH_PARTITION", "other")
    monkeypatch.setenv("ALLGO_HPC_SECRET_KEY", "secret")
    answer = run(["env"], env=environment(Path("/etc/other.conf")), timeout_s=20)
    assert dict(line.split("=", 1) for line in answer.out.decode().splitlines()) == {
        "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "SLURM_TIME_FORMAT": "%s",
        "SLURM_CONF": "/etc/other.conf",
    }
    assert "SLURM_CONF" not in environment()


def test_no_open_file_is_inherited(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        answer = run([sys.executable, "-c", "import os; print(os.listdir('/proc/self/fd'))"], env={}, timeout_s=20)
    assert answer.out == b"['0', '1', '2', '3']\n"


@pytest.mark.parametrize("code", ["sleep 60", "sleep 60 & wait", "exec >&- 2>&-; sleep 60", "trap '' TERM; sleep 60"])
def test_time_is_bounded(code: str) -> None:
    start = time.monotonic()
    with pytest.raises(CommandTimedOut, match=r"bash did not answer within 0\.2 s"):
        sh(code, timeout_s=0.2)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("end", ["wait", "exit"])
def test_the_whole_process_group_is_ended(tmp_path: Path, end: str) -> None:
    with pytest.raises(CommandTimedOut) as caught:
        sh(f"echo trying again >&2; sleep 60 & echo $! >{tmp_path}/pid; {end}", timeout_s=1)
    assert caught.value.err == b"trying again\n"
    pid = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and "State:\tZ" not in Path(f"/proc/{pid}/status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("stream", ["1", "2"])
def test_output_is_bounded(stream: str) -> None:
    with pytest.raises(AnswerUnreadable, match="more than 100000 bytes"):
        sh(f"yes >&{stream}", largest_output=100_000)


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(SlurmUnavailable, match="nowhere cannot be started: No such file") as caught:
        run(["/opt/nowhere"], env={}, timeout_s=1)
    assert caught.value.transient
