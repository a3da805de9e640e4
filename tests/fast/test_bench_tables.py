"""The pure part of ``scripts/bench``: when a target is met, what the tables say."""

import json

import pytest

from tests.bench.figures import Figure, apart, bound, in_turn, percentile, quartiles
from tests.bench.report import as_json, number, table
from tests.bench.rows import ROWS
from tests.bench.scale import Growth, growth_table


@pytest.mark.parametrize(
    ("target", "ours", "theirs", "met"),
    [
        ("<= 1.0", 2.0, 2.0, True), ("<= 1.0", 2.1, 2.0, False),
        (">= 0.9", 9.0, 10.0, True), (">= 0.9", 8.9, 10.0, False),
        ("< 8", 7.9, None, True), ("< 8", 8.0, None, False), ("<= 50", 50.0, None, True),
    ],
)  # fmt: skip
def test_a_target_is_of_the_ratio_or_where_there_is_none_of_the_value(
    target: str, ours: float, theirs: float | None, met: bool
) -> None:
    figure = Figure(row="r", numerator=ours, reference=theirs, unit="ms", n=1, spread=(1, 1), target=target)
    assert figure.met is met


def test_pairs_are_divided_before_their_quartiles_are_taken() -> None:
    figure = in_turn("r", [1, 20, 3, 4, 5], [1, 20, 3, 4, 5], unit="ms", target="<= 1.0")
    assert (figure.numerator, figure.reference, figure.ratio) == (4, 4, 1)
    assert figure.spread == (1, 1), "the slow moment hit both"


def test_what_was_measured_apart_is_divided_by_the_references_median() -> None:
    figure = apart("r", [2, 4, 6, 8, 10], [1, 2, 3], unit="ms", target=">= 50")
    assert (figure.ratio, figure.spread, figure.n, figure.met) == (3, (2, 4), 5, False)


def test_a_bound_may_count_another_value_than_the_median() -> None:
    figure = bound("seen", [1.0, 2.0, 3.0, 100.0], "ms", "<= 100", value=percentile([1.0, 2.0, 3.0, 100.0], 95))
    assert (figure.numerator, figure.met, figure.ratio) == (100.0, True, None)


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (100, 100), (1, 1)])
def test_a_percentile_is_one_of_the_values(percent: int, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_quartiles_of_one_value_are_that_value() -> None:
    assert quartiles([3.0]) == (3.0, 3.0)


@pytest.mark.parametrize(
    ("value", "shown"), [(None, ""), (0, "0"), (1234.5, "1234"), (12.345, "12.35"), (0.01234, "0.0123")]
)
def test_a_number_has_the_digits_that_count(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_the_table_says_which_target_is_missed_and_the_file_has_every_field() -> None:
    figures = [
        in_turn("submit", [4.0], [5.0], unit="ms", target="<= 1.0"),
        bound("purge, longest stall", [60.0], "ms", "< 50"),
    ]
    lines = table(figures).splitlines()
    assert len({len(line) for line in lines}) == 1, "the columns line up"
    assert "| yes |" in lines[2]
    assert "| NO  |" in lines[3]
    assert "< 50 ms" in lines[3]
    told = json.loads(as_json(figures))
    assert set(told[0]) == {"row", "ratio", "numerator", "reference", "unit", "n", "spread", "target", "met"}
    assert (told[0]["ratio"], told[0]["met"], told[1]["ratio"], told[1]["reference"]) == (0.8, True, None, None)


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([1, 5, 5], "constant"), ([1, 5, 5.5], "constant"), ([1, 5, 8], "logarithmic"), ([1, 5, 50], "linear"),
        ([1, 5, 16], "between"),
    ],
)  # fmt: skip
def test_growth_is_told_by_its_exponent(values: list[float], word: str) -> None:
    assert Growth(row="r", unit="ms", sizes=(0, 10_000, 100_000), values=values).word == word


def test_growth_within_the_noise_is_none() -> None:
    assert Growth(row="r", unit="ms", sizes=(0, 10_000, 100_000), values=[1, 5, 8], spread=0.7).word == "constant"


def test_each_database_has_a_table_of_its_own() -> None:
    one = Growth(row="GET", unit="ms", sizes=(0, 10_000), values=[1.0, 2.0])
    told = growth_table([("sqlite", one), ("postgresql", one)])
    assert told.count("| GET (ms) | 1.0 | 2.0 |") == 2
    assert "| row | 0 | 10 000 | growth |" in told


def test_every_row_that_was_asked_for_is_there() -> None:
    wanted = {
        "submit", "throughput", "bulk", "sweep", "idle sweep", "seen done", "start", "upload", "download", "commit",
        "app", "whole", "streams", "purge", "page",
    }  # fmt: skip
    assert wanted <= set(ROWS)
