"""Stretches of a sound with a label each: ``start end label`` in a table, as audioseg and most annotators write it."""

import csv
import math
from dataclasses import dataclass

from allgo_hpc.reading.previews.table import is_number, sniff_delimiter

MOST = 5000
LARGEST = 1024 * 1024
"""Bytes of a file that is looked at."""
ENDINGS = (".txt", ".csv", ".tsv", ".tab", ".lab")
_LABEL = 100
_LEAST_CELLS = 2


@dataclass(frozen=True)
class Segment:
    """A stretch, in seconds from the sound's start."""

    start: float
    end: float
    label: str


def candidates(sound: str, names: list[str]) -> list[str]:
    """Return those files that may hold the segments of a sound, the likeliest first; pure.

    They begin as the sound does, or are called after what they hold; ``<stem>_segments.txt`` is the likeliest.
    """
    stem = sound.rpartition(".")[0] or sound
    found = []
    for name in names:
        mine, _, _ = name.rpartition(".")
        if not name.lower().endswith(ENDINGS) or name == sound:
            continue
        if mine in {f"{stem}_segments", f"{sound.replace('.', '_')}_segments"}:
            found.append((0, name))
        elif mine == stem or (mine.startswith((f"{stem}_", f"{stem}-", f"{stem}."))):
            found.append((1, name))
        elif mine.lower() in {"segments", "labels", "annotations", "output"}:
            found.append((2, name))
    return [name for _, name in sorted(found)]


def read_segments(text: str) -> list[Segment]:
    """Return the segments of a text, in its order; none where a line is anything else, but for a row of names."""
    delimiter = sniff_delimiter(text)
    lines = text.splitlines()
    try:
        rows = list(csv.reader(lines, delimiter=delimiter)) if delimiter else [line.split(None, 2) for line in lines]
    except csv.Error:
        return []
    rows = [[cell.strip() for cell in row] for row in rows if row]
    places = _places(rows)
    if places is None:
        return []
    start, end, label, first = places
    found = []
    for row in rows[first : first + MOST]:
        if len(row) <= max(start, end) or not (is_number(row[start]) and is_number(row[end])):
            return []
        begins, ends = float(row[start].rstrip("% ")), float(row[end].rstrip("% "))
        if not (0 <= begins <= ends < math.inf):
            return []
        found.append(Segment(begins, ends, row[label][:_LABEL] if label < len(row) else ""))
    return found


def _places(rows: list[list[str]]) -> tuple[int, int, int, int] | None:
    """Return the columns of start, end and label, and the row that the segments begin at."""
    if not rows or len(rows[0]) < _LEAST_CELLS:
        return None
    if all(map(is_number, rows[0][:2])):
        return 0, 1, 2, 0
    names = [name.lower() for name in rows[0]]
    columns = []
    for known in (("start", "begin", "onset", "from"), ("end", "stop", "offset", "to"), ("label", "class", "name")):
        place = next((number for number, name in enumerate(names) if name.startswith(known)), None)
        columns.append(place)
    start, end, label = columns
    if start is None or end is None:
        return None
    return start, end, label if label is not None else len(names), 1
