"""A measured row, and the few statistics that it is made of."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One row of the table.

    Attributes:
        row: its name.
        numerator: what the portal took, the median, in ``unit``.
        reference: what the bare tool took in the same run, the median, in ``unit``; None for a bound.
        unit: of both.
        n: how many times the numerator was measured.
        spread: first and third quartile: of the ratio pair by pair where the two were measured in turn, else of the
            numerator divided by the reference's median; of the numerator itself for a bound.
        target: the bound, such as ``<= 1.0``: of the ratio, or of the numerator where there is no reference.
    """

    row: str
    numerator: float
    reference: float | None = None
    unit: str
    n: int
    spread: tuple[float, float]
    target: str

    @property
    def ratio(self) -> float | None:
        """Numerator divided by reference; None for a bound."""
        return None if self.reference is None else self.numerator / self.reference

    @property
    def met(self) -> bool:
        """Whether the target is reached."""
        sign, bound = self.target.split()
        value = self.numerator if self.ratio is None else self.ratio
        return {"<=": value <= float(bound), ">=": value >= float(bound), "<": value < float(bound)}[sign]

    def as_json(self) -> dict[str, Any]:
        """The row as an object of the file of ``--json``."""
        return asdict(self) | {"ratio": self.ratio, "met": self.met, "spread": list(self.spread)}


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def quartiles(values: Sequence[float]) -> tuple[float, float]:
    """First and third quartile; of one value, that value twice."""
    if len(values) < 2:
        return (values[0], values[0])
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return (first, third)


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def bound(row: str, values: Sequence[float], unit: str, target: str, *, value: float | None = None) -> Figure:
    """A figure that has no reference: the median of the values, or ``value`` where another one of them counts."""
    told = median(values) if value is None else value
    return Figure(row=row, numerator=told, unit=unit, n=len(values), spread=quartiles(values), target=target)


def in_turn(row: str, ours: Sequence[float], theirs: Sequence[float], *, unit: str, target: str) -> Figure:
    """A figure of two things that were measured in turn, pair by pair, so that a machine's drift hits both."""
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return _ratio(row, ours, theirs, ratios, (unit, target))


def apart(row: str, ours: Sequence[float], theirs: Sequence[float], *, unit: str, target: str) -> Figure:
    """A figure of two things that were measured one after the other, each as often as could be."""
    reference = median(theirs)
    return _ratio(row, ours, theirs, [mine / reference for mine in ours], (unit, target))


def _ratio(
    row: str, ours: Sequence[float], theirs: Sequence[float], ratios: Sequence[float], words: tuple[str, str]
) -> Figure:
    unit, target = words
    return Figure(
        row=row,
        numerator=median(ours),
        reference=median(theirs),
        unit=unit,
        n=len(ours),
        spread=quartiles(ratios),
        target=target,
    )
