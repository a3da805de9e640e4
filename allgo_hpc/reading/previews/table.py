"""A CSV or TSV file as rows, a page at a time, whatever it holds: ragged rows, open quotes, a line that never ends."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from allgo_hpc.reading.previews.text import Encoding, visible

WINDOW = 2 * 1024 * 1024
"""Bytes that are read for a page."""
ROWS = 1000
COLUMNS = 100
_CELLS = 30_000
_CELL = 300
_SNIFFED = 20
_DELIMITERS = "\t,;|"
_NUMBER = re.compile(r"\s*[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\s*%?\s*")
_LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Table:
    """A page of a table.

    Attributes:
        header: names of the columns; None: the file has no such row, or this is not its first page.
        rows: each with as many cells as there are columns.
        width: columns that the longest of these rows has in the file.
        next: byte at which the next page begins; None: this is the last.
        cut: a cell, or a row, is longer than what is shown of it.
        unquoted: quotes were taken as characters, for they do not close.
    """

    header: list[str] | None
    rows: list[list[str]]
    width: int
    next: int | None
    cut: bool
    unquoted: bool


def sniff_delimiter(text: str) -> str | None:
    """Return what parts the cells of a text's first lines; None: it looks like no table."""
    lines = text.splitlines()[: _SNIFFED + 1]
    lines = lines[:-1] if len(lines) > _SNIFFED else lines
    best, found = 0.0, None
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        except csv.Error:
            widths = [line.count(delimiter) + 1 for line in lines if line]
        if not widths or max(widths) == 1:
            continue
        usual = max(set(widths), key=lambda width: (width > 1, widths.count(width)))
        score = widths.count(usual) / len(widths) + min(usual, 50) / 1000
        if score > best:
            best, found = score, delimiter
    return found


def is_regular(text: str, delimiter: str) -> bool:
    """True where every one of the first lines has as many cells as the others, and there are two at least."""
    lines = [line for line in text.splitlines()[:_SNIFFED] if line]
    widths = {line.count(delimiter) for line in lines}
    return len(lines) > 1 and len(widths) == 1 and widths != {0}


def read_table(data: bytes, encoding: Encoding, delimiter: str, start: int, size: int) -> Table:
    """Return a page of a table.

    Args:
        data: up to ``WINDOW`` bytes of the file.
        encoding: of the file.
        delimiter: between two cells.
        start: where the bytes begin in the file: at a row.
        size: of the whole file.
    """
    skipped = encoding.mark if start < encoding.mark else 0
    text = data[skipped:].decode(encoding.codec, "surrogateescape" if encoding.codec == "utf-8" else "replace")
    at_end = start + len(data) >= size
    try:
        rows, used = _read(text, encoding.codec, delimiter, at_end=at_end, quotes=True)
        unquoted = False
    except csv.Error:
        rows, used = _read(text, encoding.codec, delimiter, at_end=at_end, quotes=False)
        unquoted = True
    width = max(map(len, rows), default=0)
    shown = [[_cell(cell) for cell in row[:COLUMNS]] + [""] * (min(width, COLUMNS) - len(row)) for row in rows]
    header = shown.pop(0) if start <= encoding.mark and has_header(shown) else None
    cut = any(len(cell) > _CELL for row in rows for cell in row[:COLUMNS]) or (used is None and not at_end)
    following = None if used is None or start + skipped + used >= size else start + skipped + used
    return Table(header, shown, width, following, cut, unquoted)


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """True where the first row names the columns: there is a text in it, none is a number, no two are alike."""
    if len(rows) < 2:  # noqa: PLR2004  # a name, and something that it names
        return False
    first = [cell.strip() for cell in rows[0] if cell.strip()]
    return bool(first) and len(set(first)) == len(first) and not any(is_number(cell) for cell in first)


def is_number(cell: str) -> bool:
    """True for a decimal number, also with an exponent or a percent sign."""
    return len(cell) <= _LONGEST_NUMBER and _NUMBER.fullmatch(cell) is not None


def numeric_columns(rows: Sequence[Sequence[str]]) -> list[bool]:
    """Say of each column whether all that stands in it are numbers."""
    width = len(rows[0]) if rows else 0
    found = []
    for column in range(width):
        filled = [row[column] for row in rows if row[column].strip()]
        found.append(bool(filled) and all(map(is_number, filled)))
    return found


def sort_rows(rows: list[list[str]], column: int, *, descending: bool = False) -> list[list[str]]:
    """Return the rows in order of a column: numbers as numbers and before texts, empty cells last in either order."""
    empty = [row for row in rows if not row[column].strip()]
    filled = [row for row in rows if row[column].strip()]
    return sorted(filled, key=lambda row: _key(row[column]), reverse=descending) + empty


def _key(cell: str) -> tuple[int, float, str]:
    return (0, float(cell.strip().rstrip("% ")), "") if is_number(cell) else (1, 0.0, cell.casefold())


def _read(text: str, codec: str, delimiter: str, *, at_end: bool, quotes: bool) -> tuple[list[list[str]], int | None]:
    """Return whole rows and how many bytes they take; None for the bytes where one row is all there is room for."""
    taken: list[int] = []

    def lines() -> Iterable[str]:
        for line in io.StringIO(text, newline=""):
            taken.append(len(line.encode(codec, "surrogateescape" if codec == "utf-8" else "replace")))
            yield line

    rows: list[list[str]] = []
    cells = used = begins = 0
    reader: Iterator[list[str]] = csv.reader(lines(), delimiter=delimiter)
    if not quotes:
        reader = (line.rstrip("\r\n").split(delimiter) for line in lines())
    for row in reader:
        begun, used = used, used + sum(taken)
        taken.clear()
        if row:
            rows.append(row)
            begins = begun
            cells += min(len(row), COLUMNS)
        if len(rows) > ROWS or cells > _CELLS:
            return rows, used
    if at_end:
        return rows, used
    # The last row may go on behind what was read: it begins the next page, unless one row is all there is room for.
    return (rows[:-1], begins) if len(rows) > 1 else (rows, None)


def _cell(text: str) -> str:
    shown = text[:_CELL] + "…" if len(text) > _CELL else text
    return visible(shown.encode("utf-8", "replace").decode() if not shown.isascii() else shown)
