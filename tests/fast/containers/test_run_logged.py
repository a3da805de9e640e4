"""Running one long command: limits, lines, and nothing left."""

import io
import os
import sys
import time
from pathlib import Path

import pytest

from containers.building.command import environment, run_logged
from containers.building.output import LARGEST_LOG_BYTES, Output

ENV = {"PATH": "/usr/bin:/bin"}


def test_lines_log_and_status() -> None:
    log, lines = io.BytesIO(), []
    ended = run_logged(
        ["sh", "-c", "echo one; echo two >&2; printf 'bar 1%%\\rbar 99%%\\r\\nend'; exit 3"],
        env=ENV,
        timeout_s=20,
        log=log,
        on_line=lines.append,
    )
    assert (ended.rc, ended.timed_out) == (3, False)
    assert lines == ["one", "two", "bar 99%", "end"]
    assert log.getvalue().decode().splitlines() == lines
    assert ended.tail.splitlines() == lines


def test_time_limit_ends_the_whole_group(tmp_path: Path) -> None:
    start = time.monotonic()
    ended = run_logged(["sh", "-c", f"sleep 60 & echo $! > {tmp_path}/pid; sleep 60"], env=ENV, timeout_s=0.5)
    assert ended.timed_out
    assert time.monotonic() - start < 10
    pid = int((tmp_path / "pid").read_text())
    while sleeps(pid):
        assert time.monotonic() < start + 10


def sleeps(pid: int) -> bool:
    """Whether the process is there and more than a zombie that nobody has reaped yet."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]
    except OSError:
        return False


def test_closed_output_does_not_end_the_wait() -> None:
    ended = run_logged(["sh", "-c", "exec >&- 2>&-; sleep 0.2; exit 7"], env=ENV, timeout_s=20)
    assert (ended.rc, ended.timed_out) == (7, False)
    assert run_logged(["sh", "-c", "exec >&- 2>&-; sleep 60"], env=ENV, timeout_s=0.3).timed_out


def test_a_line_without_end_and_a_log_without_end() -> None:
    log, lines = io.BytesIO(), []
    output = Output(log, lines.append)
    for _ in range(LARGEST_LOG_BYTES // 4000 + 100):
        output.take(b"x" * 5000)
    output.end()
    assert len(log.getvalue()) <= LARGEST_LOG_BYTES + 4096
    full = len(log.getvalue())
    output.take(b"\n" * 10_000)
    assert len(log.getvalue()) == full
    assert max(map(len, lines)) <= 4096
    assert len(output.tail) <= 41 * 4096


def test_environment_is_built_from_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET", "1")
    monkeypatch.setenv("APPTAINER_BIND", "/etc:/host")
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    env = environment(tmp_path)
    assert env["https_proxy"] == "http://proxy.example"
    assert set(env) - {"http_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"} == {
        "PATH",
        "LANG",
        "HOME",
        "TMPDIR",
        "https_proxy",
    }


def test_nothing_is_inherited() -> None:
    reader, writer = os.pipe()
    lines: list[str] = []
    code = "import os, sys; print(sys.stdin.read() == '', os.getcwd(), sorted(os.listdir('/proc/self/fd'))[:4])"
    run_logged([sys.executable, "-c", code], env=ENV, timeout_s=20, on_line=lines.append)
    os.close(reader)
    os.close(writer)
    assert lines == ["True / ['0', '1', '2', '3']"]
