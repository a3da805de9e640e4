"""How rows grow: with jobs in the database, with unfinished ones in Slurm, on SQLite and PostgreSQL.

``scripts/bench --scale`` prints one table: a line for each row and database, its figure at each size, and how it grows.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SIZES = (0, 10_000, 100_000)
"""Jobs in the database that have ended."""

_CONSTANT = 0.08
_LOGARITHMIC = 0.3


@dataclass(frozen=True)
class Growth:
    """One row at each size.

    Attributes:
        row: what was measured.
        unit: of the values.
        sizes: how many jobs there were.
        values: the median at each size.
        spread: the widest distance between quartiles, as a part of the median.
    """

    row: str
    unit: str
    sizes: Sequence[int]
    values: Sequence[float]
    spread: float = 0.0

    @property
    def word(self) -> str:
        """How it grows from the second size to the last: constant, logarithmic or linear.

        Told by the exponent of the power law through the two: 0 is constant, 1 linear. Growth that is smaller than what
        the quartiles lie apart is none that was seen.
        """
        first, last = self.values[-2], self.values[-1]
        if first <= 0 or last <= first * (1 + self.spread):
            return "constant"
        exponent = math.log(last / first) / math.log(self.sizes[-1] / self.sizes[-2])
        if exponent < _CONSTANT:
            return "constant"
        return "logarithmic" if exponent < _LOGARITHMIC else "linear" if exponent > 1 - _LOGARITHMIC else "between"


def measure_each(
    sizes: Sequence[int], fill: Callable[[int], None], measure: Callable[[], dict[str, float]]
) -> dict[str, list[float]]:
    sizes: Sequence[int], fill: Callable[[int], None], measure: Callable[[], dict[str, float]]
) -> dict[str, list[float]]:
    """Fill to each size in turn and measure there; returns the values of each row in the order of the sizes."""
    found: dict[str, list[float]] = {}
    for size in sizes:
        fill(size)
        for row, value in measure().items():
            found.setdefault(row, []).append(value)
    return found
