"""How soon the next sweep comes: at once where a job's script has ended, slower when nothing moves."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from allgo_hpc.sweeping.sweep import Swept

BUSY_FOR_S = 60.0
"""So long after the last change jobs are looked at as often as the setting says."""
QUIET_FACTOR = 1.4
"""With jobs under way and nothing moving: an end must still be seen within a second and a half."""
IDLE_FACTOR = 5.0
"""Without any job: only whether the cluster answers, and what is left there."""
FINISHING_S = 0.05
"""So soon an app that has ended is looked at again, whose last word Slurm has some hundredths of a second later; each
time twice as long after, for an epilog may take minutes."""
REST_FACTOR = 2.0
"""So many times what the last sweep took pass before a poke makes another one: jobs that end all the time leave two
thirds of a processor to others."""


@dataclass
class Pace:
    """Decides at each tick whether a sweep is due.

    Attributes:
        interval_s: seconds from one sweep to the next while something moves.
        pokes: files that scripts touch when they end, and Slurm's controller; they decide nothing, they only wake.
        called: a file that is touched when a job was submitted: it is looked at within ``interval_s``, not at once, for
            it starts a little later.
        woken: whether a poke came before the sweep that is due.
    """

    interval_s: float
    pokes: Sequence[Path]
    called: Path | None = None
    woken: bool = False
    _poked: bool = False
    _due_at: float = 0.0
    _swept_at: float = float("-inf")
    _rest_until: float = float("-inf")
    _changed_at: float = float("-inf")
    _finishing_s: float = FINISHING_S
    _poked_ns: dict[Path, int] = field(default_factory=dict)

    def is_due(self, now: float) -> bool:
        """True when a sweep is to be made now (seconds of a monotonic clock)."""
        # Every file is looked at: each has its own last time.
        self._poked = sum(map(self._is_newer, self.pokes)) > 0 or self._poked
        if self.called is not None and self._is_newer(self.called):
            self._due_at = min(self._due_at, self._swept_at + self.interval_s)
        due = now >= self._due_at or (self._poked and now >= self._rest_until)
        self.woken = due and self._poked
        self._poked = self._poked and not due
        return due

    def swept(self, swept: Swept | None, now: float, *, took_s: float = 0.0) -> None:
        """Note what a sweep found, and how long it took; None where another process sweeps."""
        if swept is not None and (swept.changed or swept.failed):
            self._changed_at = now
        self._swept_at, self._rest_until = now, now + REST_FACTOR * took_s
        self._due_at = now + self._wait(swept, now)

    def _wait(self, swept: Swept | None, now: float) -> float:
        if swept is None:
            return self.interval_s
        if swept.again:
            return 0.0
        wait = self.interval_s * self._factor(swept, now)
        if not swept.finishing:
            self._finishing_s = FINISHING_S
            return wait
        soon, self._finishing_s = self._finishing_s, min(2 * self._finishing_s, wait)
        return min(soon, wait)

    def _factor(self, swept: Swept, now: float) -> float:
        if now - self._changed_at < BUSY_FOR_S:
            return 1.0
        return QUIET_FACTOR if swept.unfinished else IDLE_FACTOR

    def _is_newer(self, poke: Path) -> bool:
        try:
            at = os.stat(poke).st_mtime_ns  # noqa: PTH116  # a hundred times a second, and twice as fast
        except OSError:
            return False
        before = self._poked_ns.get(poke, 0)
        self._poked_ns[poke] = at
        return at != before
