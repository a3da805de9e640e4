"""How rows grow: with jobs in the database, with unfinished ones in Slurm, on SQLite and PostgreSQL.

``scripts/bench --scale`` prints one table: a line for each row and database, its figure at each size, and how it grows.
"""

import math
from collections.abc import Sequence
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
        exponent = math.log(last / first) / math.log(self.sizes[-1] / max(1, self.sizes[-2]))
        if exponent < _CONSTANT:
            return "constant"
        return "logarithmic" if exponent < _LOGARITHMIC else "linear" if exponent > 1 - _LOGARITHMIC else "between"


def growth_table(told: Sequence[tuple[str, Growth]]) -> str:
    """Markdown tables, one for each database: the value at each size, and the word for how it grows."""
    parts = []
    for where in dict.fromkeys(where for where, _ in told):
        some = [growth for name, growth in told if name == where]
        head = ["row", *(f"{size:,}".replace(",", " ") for size in some[0].sizes), "growth"]
        rows = [[f"{one.row} ({one.unit})", *(f"{value:.1f}" for value in one.values), one.word] for one in some]
        lines = ["| " + " | ".join(cells) + " |" for cells in [head, ["---"] * len(head), *rows]]
        parts.append(f"{where}\n\n" + "\n".join(lines))
    return "\n\n".join(parts)
