"""What is woken all the time leaves most of a processor to others; what is woken now and then does not wait."""

from dataclasses import dataclass

FACTOR = 2.0
"""So many times what it took must pass for each time that it was woken."""
CREDIT_S = 0.5
"""So much of that may be owed."""


@dataclass
class Rest:
    """Until when not to be woken.

    Attributes:
        until: seconds of a monotonic clock.
    """

    until: float = float("-inf")

    def took(self, took_s: float, now: float) -> None:
        """Note that something ended now that took so long."""
        begun = now - took_s
        self.until = max(self.until, begun - CREDIT_S) + (1 + FACTOR) * took_s
