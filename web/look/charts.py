"""Charts as inline SVG: pure, no style attributes (the pages' policy allows none), colours by class."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _HEIGHT, _FOOT, _SIDE = 640, 180, 20, 36
_GAP = 0.2
_MOST_MARKS = 8


@dataclass(frozen=True)
class Bar:
    """One bar: what stands below it, what is told of it, and its parts as class and height from below."""

    label: str
    told: str
    parts: Sequence[tuple[str, float]]


def bars(title: str, columns: Sequence[Bar], *, name: str) -> Markup:
    """Return a chart of bars, each of parts that stand upon each other.

    Args:
        title: what a screen reader says of it; the table below has the numbers.
        columns: from left to right.
        name: unlike that of any other chart of the page; letters and digits.
    """
    most = max((sum(height for _, height in each.parts) for each in columns), default=0)
    top = nice_top(most)
    step = (_WIDTH - _SIDE) / max(1, len(columns))
    every = max(1, -(-len(columns) // _MOST_MARKS))
    drawn = [_grid(top)]
    for number, each in enumerate(columns):
        drawn.append(_bar(each, _SIDE + number * step, step, top, marked=number % every == 0))
    return Markup(
        '<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-labelledby="chart-{name}">'
        '<title id="chart-{name}">{title}</title>{drawn}</svg>'
    ).format(width=_WIDTH, height=_HEIGHT + _FOOT, name=name, title=title, drawn=Markup().join(drawn))


def nice_top(most: float) -> float:
    """Return where a chart's scale ends: 1, 2 or 5 times a power of ten, at least 1."""
    top = 1.0
    while True:
        for factor in (1, 2, 5):
            if most <= top * factor:
                return top * factor
        top *= 10


def _grid(top: float) -> Markup:
    lines = [
        Markup('<line class="grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>{3}').format(
            _SIDE,
            _WIDTH,
            _y(top * share, top),
            Markup('<text class="scale" x="{}" y="{}">{}</text>').format(
                _SIDE - 6, _y(top * share, top) + 4, f"{top * share:g}"
            ),
        )
        for share in ((0, 0.5, 1) if top > 1 else (0, 1))
    ]
    return Markup().join(lines)


def _bar(bar: Bar, left: float, step: float, top: float, *, marked: bool) -> Markup:
    made, below = [Markup("<title>{}</title>").format(bar.told)], 0.0
    for kind, height in bar.parts:
        if height > 0:
            upper = _y(below + height, top)
            made.append(
                Markup('<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="{:.1f}"/>').format(
                    kind, left + step * _GAP / 2, upper, step * (1 - _GAP), _y(below, top) - upper
                )
            )
            below += height
    if marked:
        made.append(
            Markup('<text class="mark" x="{:.1f}" y="{}">{}</text>').format(left + step / 2, _HEIGHT + 15, bar.label)
        )
    return Markup("<g>{}</g>").format(Markup().join(made))


def _y(value: float, top: float) -> float:
    return round(_HEIGHT - (_HEIGHT - 12) * value / top, 1)
