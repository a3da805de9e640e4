"""Runs one long command: a time limit, every line shown and kept, and nothing of it left when it ends."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from containers.building.output import Output

_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
_PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_WATCH_EVERY_S = 1.0


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit status (-n after signal n), whether the time limit ended it, its last lines.

    ``stopped`` is why it was ended before, as the watch said; empty where it was not.
    """

    rc: int
    timed_out: bool
    tail: str
    stopped: str = ""


def proxies() -> dict[str, str]:
    """Return the variables by which the machine reaches the network."""
    return {name: os.environ[name] for name in _PROXIES if name in os.environ}


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a build: nothing is inherited but the machine's proxies."""
    return {"PATH": _PATH, "LANG": "C.UTF-8", "HOME": str(home), "TMPDIR": str(home), **proxies()}


def run_logged(
    argv: Sequence[str],
    *,
    env: Mapping[str, str],
    timeout_s: float,
    log: IO[bytes] | None = None,
    on_line: Callable[[str], None] | None = None,
    watch: Callable[[], str] | None = None,
) -> Ended:
    """Run a command in a process group of its own, which is killed at the time limit and at its end.

    ``apptainer``, building or with ``--containall``, runs all in a process id namespace whose first process is in that
    group, so that even what called setsid(2) dies with it (tried with 1.4.5).

    Args:
        argv: program and arguments.
        env: the whole environment.
        timeout_s: seconds.
        log: gets stdout and stderr, the first 16 MiB of them.
        on_line: is given each line. What it raises ends the command and is raised here.
        watch: is asked once a second; when it returns a sentence, the command is ended.

    Raises:
        OSError: the program cannot be started.
    """
    output = Output(log, on_line)
    deadline, watched = time.monotonic() + timeout_s, _Watched(watch)
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(env),
        cwd="/",
        start_new_session=True,
    )
    with process:
        try:
            timed_out = not _drain(process, output, deadline, watched)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        output.end()
        return Ended(process.wait(), timed_out and not watched.word, output.tail, watched.word)


class _Watched:
    """Asks the watch once a second, and keeps what it said."""

    def __init__(self, watch: Callable[[], str] | None) -> None:
        self._watch, self._next = watch, 0.0
        self.word = ""

    def ends(self) -> bool:
        """Say whether the command is to end."""
        now = time.monotonic()
        if self._watch is not None and now >= self._next:
            self.word = self._watch()
            self._next = time.monotonic() + _WATCH_EVERY_S
        return bool(self.word)


def _drain(process: subprocess.Popen[bytes], output: Output, deadline: float, watched: _Watched) -> bool:
    """Read until the output is closed and the process has ended; False at the deadline, or when the watch says so."""
    if process.stdout is None:  # pragma: no cover
        raise AssertionError("the command was started without its pipe")
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0 and not watched.ends():
            if not selector.select(min(left, _WATCH_EVERY_S)):
                continue
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
                    return True
                return False
            output.take(data)
    return False
