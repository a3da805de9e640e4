"""How soon the next sweep comes: at once where somebody poked, slower when nothing moves."""

from dataclasses import dataclass, field

from allgo_hpc.sweeping.rest import Rest
from allgo_hpc.sweeping.swept import Swept
from allgo_hpc.touched import Touched

BUSY_FOR_S = 60.0
"""So long after the last change jobs are looked at as often as the setting says."""
QUIET_FACTOR = 1.4
"""With jobs under way and nothing moving: an end must still be seen within a second and a half."""
IDLE_FACTOR = 5.0
"""Without any job: only whether the cluster answers, and what is left there."""
FINISHING_S = 0.02
"""So soon an app that has ended is looked at again, whose last word Slurm did not have yet; each time twice as long
after, for an epilog may take minutes."""
LOOK_EVERY_S = 0.1
"""How often it is asked whether a sweep is due while nobody pokes."""


@dataclass
class Soon:
    """How soon an app that has ended is looked at again: less and less."""

    _next_s: float = FINISHING_S

    def wait_s(self, at_most: float) -> float:
        """Return seconds to the next look, and let the one after that be later."""
        now, self._next_s = self._next_s, min(2 * self._next_s, at_most)
        return min(now, at_most)

    def begin(self) -> None:
        """Begin anew: no such app is left."""
        self._next_s = FINISHING_S


@dataclass
class Pace:
    """Decides at each look whether a sweep is due.

    Attributes:
        interval_s: seconds from one sweep to the next while something moves.
        called: tells of a submission: it is looked at within ``interval_s``, not at once, for it starts a little later.
        woken: whether a poke came before the sweep that is due.
    """

    interval_s: float
    called: Touched
    woken: bool = False
    _poked: bool = False
    _due_at: float = 0.0
    _swept_at: float = float("-inf")
    _changed_at: float = float("-inf")
    _rest: Rest = field(default_factory=Rest)
    _soon: Soon = field(default_factory=Soon)

    def poke(self) -> None:
        """Let a sweep come soon: something may have moved."""
        self._poked = True

    def is_due(self, now: float) -> bool:
        """True when a sweep is to be made now (seconds of a monotonic clock)."""
        if self.called.look():
            self._due_at = min(self._due_at, self._swept_at + self.interval_s)
        due = now >= self._next_at()
        self.woken = due and self._poked
        if due:
            self._poked = False
        return due

    def wait_s(self, now: float) -> float:
        """Seconds after which to look again, unless somebody pokes."""
        return min(LOOK_EVERY_S, max(0.0, self._next_at() - now))

    def swept(self, swept: Swept | None, now: float, *, took_s: float = 0.0) -> None:
        """Note what a sweep found, and how long it took; None where another process sweeps."""
        if swept is not None and (swept.changed or swept.failed):
            self._changed_at = now
        self._rest.took(took_s, now)
        self._swept_at, self._due_at = now, now + self._wait(swept, now)

    def _next_at(self) -> float:
        return min(self._due_at, self._rest.until) if self._poked else self._due_at

    def _wait(self, swept: Swept | None, now: float) -> float:
        if swept is None:
            return self.interval_s
        if swept.again:
            return 0.0
        wait = self.interval_s * self._factor(swept, now)
        if swept.finishing:
            return self._soon.wait_s(wait)
        self._soon.begin()
        return wait

    def _factor(self, swept: Swept, now: float) -> float:
        if now - self._changed_at < BUSY_FOR_S:
            return 1.0
        return QUIET_FACTOR if swept.unfinished else IDLE_FACTOR
