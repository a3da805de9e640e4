"""The turns of a sweeping process: when it looks, what it keeps from one pass to the next, and that it is alone."""

import logging
import threading
import time
from dataclasses import dataclass, field

from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.models import utc_now
from allgo_hpc.services import Services
from allgo_hpc.sweeping.lease import take_lease
from allgo_hpc.sweeping.memory import Memory
from allgo_hpc.sweeping.pace import Pace
from allgo_hpc.sweeping.progress import ProgressReader
from allgo_hpc.sweeping.sweep import sweep
from allgo_hpc.sweeping.swept import Swept
from allgo_hpc.touched import Touched

_log = logging.getLogger(__name__)
LEASE_S = 15.0
RENEWED_EVERY_S = 3.0
"""Until so long after it was renewed nobody else can have the right to sweep: one write in three seconds is enough."""


@dataclass
class Kept:
    """What a process keeps from one pass to the next.

    Attributes:
        progress: how far logs were read.
        memory: how jobs stood.
        took_s: how long the last pass took, which administrators see.
        renewed_at: when the right to sweep was last taken, on a clock that nobody sets.
    """

    progress: ProgressReader = field(default_factory=ProgressReader)
    memory: Memory = field(default_factory=Memory)
    took_s: float | None = None
    renewed_at: float = float("-inf")


def sweep_once(sessions: sessionmaker[Session], services: Services, holder: str, kept: Kept) -> Swept | None:
    """Sweep if nobody else does; None otherwise."""
    begun = time.monotonic()
    try:
        with sessions() as session:
            if begun - kept.renewed_at >= RENEWED_EVERY_S:
                if not take_lease(session, holder, now=utc_now(), seconds=LEASE_S, took_s=kept.took_s):
                    kept.memory.forget()  # whoever sweeps moves jobs
                    return None
                kept.renewed_at = begun
            swept = sweep(session, services, utc_now(), kept.progress, kept.memory)
    except BaseException:
        kept.memory.forget()  # nobody knows how far it came
        raise
    kept.took_s = time.monotonic() - begun
    return swept


class Turns:
    """Sweeps whenever it is time to."""

    def __init__(self, sessions: sessionmaker[Session], services: Services, holder: str) -> None:
        """Take what a sweep needs; ``take`` begins."""
        self._sessions, self._services, self._holder = sessions, services, holder
        self._kept = Kept()
        self._pace = Pace(services.settings.sweep_interval_s, Touched(services.layout.submitted))
        self._wake = threading.Event()
        self._ending = False

    def take(self) -> None:
        """Look again and again until the process ends, and sweep whenever that is due."""
        self.look()
        while not self._ending:
            self._wake.wait(self._pace.wait_s(time.monotonic()))
            self._wake.clear()
            self.look()

    def look(self) -> None:
        """Sweep, if that is due."""
        begun = time.monotonic()
        if not self._pace.is_due(begun):
            return
        if self._pace.woken:
            self._kept.memory.ask_wholly()
        swept = None
        try:
            swept = sweep_once(self._sessions, self._services, self._holder, self._kept)
        except Exception:
            _log.exception("this sweep failed; the next one is due")
        ended = time.monotonic()
        self._pace.swept(swept, ended, took_s=ended - begun)

    def poke(self) -> None:
        """Let a sweep come soon, from any thread: something may have moved."""
        self._pace.poke()
        self._wake.set()

    def has_right(self) -> bool:
        """True while no other process can have the right to sweep."""
        return time.monotonic() - self._kept.renewed_at < LEASE_S

    def end(self) -> None:
        """Look no more."""
        self._ending = True
        self._wake.set()
