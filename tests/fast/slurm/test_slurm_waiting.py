"""Who waits, and in what order."""

from datetime import UTC, datetime

import pytest

from slurm import SlurmClient, SlurmUnavailable, Waiting
from slurm.errors import AnswerUnreadable, CommandFailed, SlurmError
from slurm.waiting import parse_waiting, waiting_argv
from tests.fakes import FakeSlurm

AT = datetime.fromtimestamp(1795620330, UTC)


def _row(*fields: str) -> bytes:
    return "".join(f"{field}\x1f" for field in fields).encode() + b"\n"


def test_everybody_is_asked_about_once() -> None:
    argv = waiting_argv()
    assert argv[:4] == ["squeue", "--noheader", "--all", "--states=PENDING"]
    assert not any(word.startswith(("--user", "--array", "--start")) for word in argv)


def test_the_line_is_in_the_order_in_which_slurm_looks_at_it() -> None:
    out = (
        _row("12", "standard", "10", "N/A")
        + _row("11", "standard,batch", "10", "1795620330")
        + _row("13", "batch", "4294901753", "N/A")
    )
    assert parse_waiting(0, out, b"") == [
        Waiting(13, frozenset({"batch"}), 4294901753, None),
        Waiting(11, frozenset({"standard", "batch"}), 10, AT),
        Waiting(12, frozenset({"standard"}), 10, None),
    ]


def test_an_array_whose_task_came_back_is_one() -> None:
    out = _row("12", "standard", "5", "N/A") + _row("12", "standard", "9", "1795620330")
    assert parse_waiting(0, out, b"") == [Waiting(12, frozenset({"standard"}), 9, AT)]


def test_nobody_waits() -> None:
    assert parse_waiting(0, b"", b"") == []


@pytest.mark.parametrize(
    "out",
    [
        _row("12", "standard", "10"),
        _row("12", "standard", "10", "N/A")[:-1],
        _row("x", "standard", "10", "N/A"),
        _row("12", "standard", "high", "N/A"),
        _row("12", "standard", "10", "soon"),
        b"\xff",
    ],
)
def test_half_an_answer_is_none(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_waiting(0, out, b"")


@pytest.mark.parametrize(
    ("rc", "err", "error"),
    [
        (1, "slurm_load_jobs error: Unable to contact slurm controller (connect failure)", SlurmUnavailable),
        (0, "squeue: error: nonsense", CommandFailed),
    ],
)
def test_failures(rc: int, err: str, error: type[SlurmError]) -> None:
    with pytest.raises(error):
        parse_waiting(rc, b"", err.encode())


def test_the_stand_in_answers_or_does_not() -> None:
    fake = FakeSlurm()
    client: SlurmClient = fake
    fake.line = [Waiting(1, frozenset({"a"}), 1, None)]
    assert client.waiting() == fake.line
    fake.be_away()
    with pytest.raises(SlurmUnavailable):
        client.waiting()
