"""Processes by id and start time: an id alone identifies nothing, ids are used again."""

import contextlib
import os
import select
import signal
import time
from pathlib import Path

_START_FIELD = 19  # field 22 of proc_pid_stat(5), counted from the state, which follows the last ')'
_TERMINAL_FIELD = 4
_LOOK_S = 0.01


def start_time(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; None where there is none, or only its zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else int(fields[_START_FIELD])


def has_terminal(pid: int) -> bool:
    """True while a process has a controlling terminal (field 7 of proc_pid_stat(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[_TERMINAL_FIELD] != "0"
    except OSError:
        return False


def is_same(pid: object, started: object) -> bool:
    """True while the process of that id and start time lives."""
    return isinstance(pid, int) and isinstance(started, int) and start_time(pid) == started


def wait_for_end(pid: int, started: int, seconds: float) -> None:
    """Wait until a process of anybody's has ended, for some seconds at most; the kernel tells, nothing is polled."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return
    try:
        # What was opened may be another process by now; from here on it is one and the same.
        if is_same(pid, started):
            select.select([descriptor], [], [], seconds)
    finally:
        os.close(descriptor)


def end(pid: int, started: int, *, by: signal.Signals = signal.SIGKILL, wait_s: float = 10.0) -> bool:
    """Signal a process, if it is still that one, and wait for its end; False where it has not ended."""
    if not is_same(pid, started):
        return True
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, by)
    deadline = time.monotonic() + wait_s
    while is_same(pid, started):
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK_S)
    return True
