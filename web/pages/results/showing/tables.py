"""A table: a page of its rows, sorted by a column where the address says so."""

from flask import request

from allgo_hpc.reading.previews.kind import HEAD
from allgo_hpc.reading.previews.table import COLUMNS, WINDOW, numeric_columns, read_table, sniff_delimiter, sort_rows
from web.pages.results.showing.looked import Looked, Told, start_wanted
from web.pages.results.showing.texts import show_text

_DIGITS = 4


def show_table(looked: Looked) -> Told:
    """Show a page of a table; what is none, as text."""
    encoding, start = looked.encoding, start_wanted()
    if encoding is None:
        return show_text(looked)
    sample = looked.head[:HEAD].decode(encoding.codec, "replace").lstrip("\ufeff")
    delimiter = sniff_delimiter(sample) or ","
    table = read_table(looked.read(start, WINDOW), encoding, delimiter, start, looked.file.size)
    column, descending = _order(min(table.width, COLUMNS))
    rows = sort_rows(table.rows, column, descending=descending) if column is not None else table.rows
    first = table.header or [str(number + 1) for number in range(min(table.width, COLUMNS))]
    heads = [
        {
            "name": name or str(number + 1),
            "number": numeric,
            "sorted": ("descending" if descending else "ascending") if number == column else "none",
            "link": looked.again(
                **{"from": start, "sort": number + 1, "order": _next_order(number, column, descending)}
            ),
        }
        for number, (name, numeric) in enumerate(
            zip(first, numeric_columns(table.rows) or [False] * len(first), strict=True)
        )
    ]
    return Told(
        "table.html",
        {
            "heads": heads,
            "rows": rows,
            "table": table,
            "shown_columns": min(table.width, COLUMNS),
            "start": start,
            "following": looked.again(**{"from": table.next}) if table.next is not None else "",
            "beginning": looked.again(**{"from": 0}) if start else "",
            "encoding": encoding,
        },
    )


def _order(width: int) -> tuple[int | None, bool]:
    text = request.args.get("sort", "")
    known = text.isascii() and text.isdigit() and len(text) <= _DIGITS and 1 <= int(text) <= width
    return (int(text) - 1 if known else None), request.args.get("order") == "descending"


def _next_order(number: int, column: int | None, descending: bool) -> str:  # how it is now
    return "descending" if number == column and not descending else "ascending"
