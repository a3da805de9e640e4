"""Tables of a CSV or TSV file: parted, paged by whole rows, sorted, whatever the file holds."""

import csv
import io

import pytest

from allgo_hpc.reading.previews.table import (
    COLUMNS,
    ROWS,
    WINDOW,
    Table,
    numeric_columns,
    read_table,
    sniff_delimiter,
    sort_rows,
)  # fmt: skip
from allgo_hpc.reading.previews.text import Encoding

UTF8 = Encoding("utf-8", "UTF-8")


def _whole(data: bytes, encoding: Encoding = UTF8, delimiter: str = ",", window: int = WINDOW) -> list[list[str]]:
    rows, at = [], 0
    while True:
        table = read_table(data[at : at + window], encoding, delimiter, at, len(data))
        rows += ([table.header] if table.header else []) + table.rows
        if table.next is None:
            return rows
        assert table.next > at
        at = table.next


def _first(data: bytes, delimiter: str = ",") -> Table:
    return read_table(data[:WINDOW], UTF8, delimiter, 0, len(data))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n1,2\n", ","), ("a\tb\n1\t2\n", "\t"), ("a;b\n1,5;2,5\n", ";"), ("a|b\n", "|"), ("words\nmore\n", None),
        ("", None), ('"a,b";c\n"d,e";f\n', ";"),
    ],
)  # fmt: skip
def test_what_parts_the_cells(text: str, found: str | None) -> None:
    assert sniff_delimiter(text) == found


def test_header_quotes_and_ragged_rows() -> None:
    table = _first(b'name,"n, m"\r\n"a ""b"" c",1\r\n\r\n"two\nlines",2,3\r\nshort\r\n')
    assert table.header == ["name", "n, m", ""]
    assert table.rows == [['a "b" c', "1", ""], ["two\nlines", "2", "3"], ["short", "", ""]]
    assert (table.width, table.next, table.cut, table.unquoted) == (3, None, False, False)


def test_a_first_row_of_numbers_is_no_header() -> None:
    assert _first(b"0.00\t1.50\tsilence\n1.5\t2\tx\n", "\t").header is None
    assert _first(b"a,a\n1,2\n").header is None
    assert _first(b"only,one\n").header is None


@pytest.mark.parametrize("window", [64, 100, 333, WINDOW])
@pytest.mark.parametrize("encoding", [UTF8, Encoding("utf-16-le", "UTF-16", 2)])
def test_pages_make_the_whole_table(window: int, encoding: Encoding) -> None:
    rows = [["n", "text"]] + [[str(n), f"é{n}\n," if n % 3 else 'a "b"'] for n in range(2500)]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    data = (b"\xff\xfe" if encoding.mark else b"") + out.getvalue().encode(encoding.codec)
    assert _whole(data, encoding, window=window) == rows


def test_a_page_has_so_many_rows() -> None:
    table = _first(b"a,b\n" + b"1,2\n" * 5000)
    assert len(table.rows) == ROWS
    assert table.next == 4 + 4 * ROWS


def test_ten_thousand_columns() -> None:
    table = _first(b"\n".join([b",".join([b"1"] * 10_000)] * 50))
    assert table.width == 10_000
    assert {len(row) for row in table.rows} == {COLUMNS}


@pytest.mark.parametrize("data", [b"x" * 3_000_000, b"1," * 2_000_000, b'"' + b"x,\n" * 1_000_000, b'a,"b\n' * 500_000])
def test_lines_and_quotes_that_never_end(data: bytes) -> None:
    table = _first(data)
    assert table.rows
    assert max(len(cell) for row in table.rows for cell in row) <= 301
    assert all(len(row) <= COLUMNS for row in table.rows)


def test_bytes_that_are_no_characters_and_controls() -> None:
    assert _first(b"a,b\n\xff\xfe,\x1b\x00\n").rows[0] == ["??", "␛␀"]


def test_numbers_are_sorted_as_numbers_and_empty_cells_last() -> None:
    rows = [["10", "b"], ["9", ""], ["", "a"], ["-1e3", "C"], ["word", "d"]]
    assert [row[0] for row in sort_rows(rows, 0)] == ["-1e3", "9", "10", "word", ""]
    assert [row[0] for row in sort_rows(rows, 0, descending=True)] == ["word", "10", "9", "-1e3", ""]
    assert [row[1] for row in sort_rows(rows, 1)] == ["a", "b", "C", "d", ""]
    assert numeric_columns([["1", "x", ""], ["", "2", ""]]) == [True, False, False]
