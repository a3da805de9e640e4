"""How soon the next sweep comes: at once where a job's script has ended, slower when nothing moves."""

from dataclasses import dataclass
from pathlib import Path

from allgo_hpc.sweeping.sweep import Swept

BUSY_FOR_S = 60.0
"""So long after the last change jobs are looked at as often as the setting says."""
QUIET_FACTOR = 1.8
"""With jobs under way and nothing moving: an end must still be seen within two seconds."""
IDLE_FACTOR = 5.0
"""Without any job: only whether the cluster answers, and what is left there."""


@dataclass
class Pace:
    """Decides at each tick whether a sweep is due.

    Attributes:
        interval_s: seconds from one sweep to the next while something moves.
        poke: a file that scripts touch when they end; it decides nothing, it only wakes.
    """

    interval_s: float
    poke: Path
    _due_at: float = 0.0
    _changed_at: float = float("-inf")
    _poked_ns: int = 0

    def is_due(self, now: float) -> bool:
        """True when a sweep is to be made now (seconds of a monotonic clock)."""
        return self._was_poked() or now >= self._due_at

    def swept(self, swept: Swept | None, now: float) -> None:
        """Note what a sweep found; None where another process sweeps."""
        if swept is not None and (swept.changed or swept.failed):
            self._changed_at = now
        self._due_at = now + self.interval_s * self._factor(swept, now)

    def _factor(self, swept: Swept | None, now: float) -> float:
        if swept is None or now - self._changed_at < BUSY_FOR_S:
            return 1.0
        return QUIET_FACTOR if swept.unfinished else IDLE_FACTOR

    def _was_poked(self) -> bool:
        try:
            at = self.poke.stat().st_mtime_ns
        except OSError:
            return False
        before, self._poked_ns = self._poked_ns, at
        return at != before
