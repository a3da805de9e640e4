"""Rows that are sent as one list come out of the database as they went in, whatever is in them."""

import pytest
from sqlalchemy import Engine, select

from allgo_hpc.listed import Listed, Row


def _back(engine: Engine, rows: list[Row]) -> list[tuple[int, str]]:
    with engine.connect() as connection:
        listed = Listed(connection, rows)
        found = connection.execute(select(listed.integer(0), listed.text(1)))
        return [(number, text) for number, text in found]


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63), None])
def test_whole_numbers(engine: Engine, number: int | None) -> None:
    assert _back(engine, [(number, "a")]) == [(number, "a")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain.txt",
        'it\'s "quoted" \\ $1 %s :name',
        "naïve, 数据, \U0001f600",
        "null",
        "true",
        "12",
        '{"a": 1}',
        "a\nb\tc",
        "x" * 100_000,
        None,
    ],
)
def test_texts(engine: Engine, text: str | None) -> None:
    assert _back(engine, [(1, text)]) == [(1, text)]


def test_many_rows_in_their_order(engine: Engine) -> None:
    rows = [(number * 7 % 10_007, f"row {number}") for number in range(10_000)]
    assert _back(engine, list(rows)) == rows


def test_no_row(engine: Engine) -> None:
    assert _back(engine, []) == []
