"""Which partitions are closed."""

import pytest

from slurm.errors import AnswerUnreadable, CommandFailed, SlurmError, SlurmUnavailable
from slurm.sinfo import parse_closed, sinfo_argv


def test_all_partitions_are_asked_for_once() -> None:
    assert sinfo_argv() == ["sinfo", "--noheader", "--all", "--format=%R|%a"]


@pytest.mark.parametrize(
    ("out", "closed"),
    [
        ("a|up\n", set()),
        ("a|up\nb|down\nc|drain\nd|inactive\ne|inact\n", {"b", "c", "d", "e"}),
        ("a|down\na|down\n", {"a"}),
        ("odd|name|down\n", {"odd|name"}),
        ("a|hibernating\n", {"a"}),
    ],
)
def test_what_is_not_up_is_closed(out: str, closed: set[str]) -> None:
    assert parse_closed(0, out.encode(), b"") == closed


@pytest.mark.parametrize("out", ["", "\n", "a", "a|", "|up", "a|up\nb", "a|up\n\n", "\xff"])
def test_half_an_answer_is_none(out: str) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_closed(0, out.encode("latin-1"), b"")


@pytest.mark.parametrize(
    ("rc", "err", "error"),
    [
        (1, "slurm_load_partitions: Unable to contact slurm controller (connect failure)", SlurmUnavailable),
        (-9, "", SlurmUnavailable),
        (1, "sinfo: error: nonsense", CommandFailed),
        (0, "sinfo: error: nonsense", CommandFailed),
    ],
)
def test_failures(rc: int, err: str, error: type[SlurmError]) -> None:
    with pytest.raises(error):
        parse_closed(rc, b"a|up\n", err.encode())
