"""The bars of jobs a day, in the units of a drawing; pure. The page has the same numbers in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from allgo_hpc.administration.counts import Day

WIDTH, HEIGHT, FOOT = 560, 150, 20
_TOP = 16
_GAP = 0.25


@dataclass(frozen=True)
class Bar:
    """One day: where its bar stands, how high it and its failed part are."""

    day: Day
    x: float
    width: float
    height: float
    failed: float


def chart(days: Sequence[Day]) -> list[Bar]:
    """Return a bar for each day; the highest fills the drawing."""
    most = max((day.jobs for day in days), default=0) or 1
    step = WIDTH / max(1, len(days))
    scale = (HEIGHT - FOOT - _TOP) / most
    return [
        Bar(
            day,
            round(number * step + step * _GAP / 2, 1),
            round(step * (1 - _GAP), 1),
            round(day.jobs * scale, 1),
            round(day.failed * scale, 1),
        )
        for number, day in enumerate(days)
    ]
