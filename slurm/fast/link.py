"""The portal's end of the fast path: starts the helper on first use, asks it, and leaves it alone while it fails."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slurm.fast.process import HelperGone, Process
from slurm.fast.start import Start, StartRefused

_log = logging.getLogger(__name__)
TURN_S = 0.02
"""A helper that another thread asks is waited for this long: a few submissions of about a millisecond."""
PAUSE_S = 30.0
"""So long the commands serve after a failure, until the helper is tried again."""
START_S = 15.0
"""A helper says what it is within a second, on a busy machine in some."""


class NoLink(Exception):  # noqa: N818  # says what there is
    """The helper cannot be asked now, nothing was sent; the commands serve."""


@dataclass(frozen=True)
class LinkState:
    """Whether the fast path serves; ``said`` says of what it is, or why it does not."""

    on: bool
    said: str


class Link:
    """What the threads of one process share. They take turns, and none waits for long.

    Args:
        start: decides whether there can be a helper, and starts it.
        pause_s: how long the commands serve after a failure.
        clock: tells seconds.
    """

    _owner: int
    _turn: threading.Lock
    _process: Process | None
    _starting: threading.Thread | None
    _not_before: float
    _failing: bool
    _said: str

    def __init__(self, start: Start, *, pause_s: float = PAUSE_S, clock: Callable[[], float] = time.monotonic) -> None:
        """Start nothing yet: a web server forks its workers after this."""
        self._start = start
        self._pause_s = pause_s
        self._clock = clock
        self._reset()

    def ask(self, message: dict[str, Any], within_s: float) -> dict[str, Any]:
        """Send the helper a message and return its answer.

        Raises:
            NoLink: it cannot be asked now (it is being started, serves another thread, or failed lately).
            HelperGone: it was asked, and failed (see ``sent``); it is ended.
        """
        if self._owner != os.getpid():
            self._after_fork()
        if not self._turn.acquire(timeout=TURN_S):
            raise NoLink("another thread asks")
        try:
            process = self._process
            if process is None:
                self._start_later()
                raise NoLink(self._said)
            try:
                answer = process.ask(message, within_s)
            except HelperGone as gone:
                self._fail(str(gone))
                raise
            if self._failing:
                self._failing = False
                _log.warning("Slurm's fast path serves again")
            return answer
        finally:
            self._turn.release()

    def distrust(self, why: str) -> None:
        """Leave the helper alone for a while: its answers prove nothing at the moment."""
        with self._turn:
            self._fail(why)

    def look(self, within_s: float = START_S) -> LinkState:
        """Return whether the fast path serves, starting the helper where it is not there yet."""
        deadline = time.monotonic() + within_s
        with self._turn:
            if self._process is None:
                self._start_later()
            starting = self._starting
        if starting is not None:
            starting.join(max(0.0, deadline - time.monotonic()))
        with self._turn:
            return LinkState(self._process is not None, self._said)

    def close(self) -> None:
        """End the helper; a later question starts another."""
        starting = self._starting
        if starting is not None:
            starting.join(2 * START_S)
        with self._turn:
            if self._process is not None:
                self._process.end()
            self._process, self._starting, self._not_before = None, None, 0.0

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._turn = threading.Lock()
        self._process = self._starting = None
        self._not_before = 0.0
        self._failing = False
        self._said = "not started yet"

    def _after_fork(self) -> None:
        """Forget the helper of the process that this one was forked from, and the lock that a thread of it may hold."""
        process = self._process
        self._reset()
        if process is not None:
            process.end()

    def _start_later(self) -> None:
        """Have the helper started by another thread, unless that is being done or was in vain lately."""
        if self._starting is None and self._clock() >= self._not_before:
            self._said = "being started"
            self._starting = threading.Thread(target=self._begin, name="slurm-fast-start", daemon=True)
            self._starting.start()

    def _begin(self) -> None:
        process, said, level = None, "", logging.WARNING
        try:
            process, said = self._start.start(START_S)
        except StartRefused as refused:
            said, level = str(refused), logging.INFO  # a site without it is a site like any other
        except HelperGone as gone:
            said = str(gone)
        except Exception as error:  # whatever it is, the commands serve
            _log.exception("the helper of Slurm's fast path could not be started")
            said = f"the helper could not be started: {error}"
        with self._turn:
            self._starting = None
            if process is None:
                self._fail(said, level)
            else:
                self._process, self._said = process, said
                _log.info("Slurm's fast path: %s", said)

    def _fail(self, why: str, level: int = logging.WARNING) -> None:
        if self._process is not None:
            self._process.end()
        self._process = None
        self._not_before = self._clock() + self._pause_s
        self._said = why
        if not self._failing:
            self._failing = True
            _log.log(level, "Slurm's commands serve instead of the fast path: %s", why)
