"""The table that is printed, and the file of ``--json``: pure text from figures."""

import json
from collections.abc import Sequence

from tests.bench.figures import Figure

HEAD = ("row", "portal", "reference", "ratio", "quartiles", "n", "target", "met")
_SHORT = {"<=": "≤", ">=": "≥", "<": "<"}


def number(value: float | None) -> str:
    """Three digits that count, without an exponent."""
    if value is None:
        return ""
    if value == 0 or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def cells(figure: Figure) -> tuple[str, ...]:
    """The words of one row, in the order of HEAD."""
    sign, limit = figure.target.split()
    unit = f" {figure.unit}" if figure.unit else ""
    return (
        figure.row,
        f"{number(figure.numerator)}{unit}",
        "" if figure.reference is None else f"{number(figure.reference)}{unit}",
        number(figure.ratio),
        f"{number(figure.spread[0])} to {number(figure.spread[1])}",
        str(figure.n),
        f"{_SHORT[sign]} {limit}{'' if figure.ratio is not None else unit}",
        "yes" if figure.met else "NO",
    )


def table(figures: Sequence[Figure]) -> str:
    """The table as Markdown with columns that line up."""
    rows = [HEAD, *(cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def as_json(figures: Sequence[Figure]) -> str:
    """The list of objects of ``--json``."""
    return json.dumps([figure.as_json() for figure in figures], indent=1, ensure_ascii=False) + "\n"
