"""What a clock that is set back does to the sweep: nothing.

APScheduler waits until a time of day. Set back by an hour, it would sweep again in an hour.
"""

import logging
import threading
import time

from apscheduler.schedulers.base import BaseScheduler  # type: ignore[import-untyped]

from allgo_hpc.models import utc_now

_log = logging.getLogger(__name__)
_EVERY_S = 1.0
_JUMP_S = 2.0


class ClockWatch:
    """Compares the time of day with a clock that nobody sets, and makes all due where the former went back."""

    def __init__(self, scheduler: BaseScheduler) -> None:
        """Take the scheduler; ``start`` begins."""
        self._scheduler = scheduler
        self._stop = threading.Event()
        self._ahead_s = _ahead_s()

    def start(self) -> None:
        """Watch, until the process ends or ``stop``."""
        threading.Thread(target=self._watch, name="clock", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stop.set()

    def look(self) -> bool:
        """Look once; returns whether the clock went back."""
        before, self._ahead_s = self._ahead_s, _ahead_s()
        if before - self._ahead_s < _JUMP_S:
            return False
        _log.warning(
            "the clock was set back by %.0f s: all that the scheduler waits for is due", before - self._ahead_s
        )
        for job in self._scheduler.get_jobs():
            job.modify(next_run_time=utc_now())
        return True

    def _watch(self) -> None:
        while not self._stop.wait(_EVERY_S):
            self.look()


def _ahead_s() -> float:
    return time.time() - time.monotonic()
