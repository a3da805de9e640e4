"""The short question: what it says of a job is what a whole answer says of it, and a cut answer is none."""

import pytest

from slurm import AnswerUnreadable, CommandFailed, State, state_line
from slurm.short import parse_short, short_argv
from slurm.squeue import read_squeue
from tests.fakes import record

OUT = b"7 N/A PENDING\n12 3 RUNNING\n"
ROW = b"7\x1fN/A\x1fallgo-1\x1fmark\x1f%s\x1fPriority\x1f1700000000\x1fN/A\x1fN/A\x1f\x1f0:0\x1f\n"


def test_a_line_of_a_job_and_of_a_task() -> None:
    known = {state_line(record("a", job_id=7)), state_line(record("b", State.RUNNING, job_id=12, task=3))}
    assert parse_short(0, OUT, b"") == known


def test_it_asks_for_no_user_and_no_choice_of_states() -> None:
    assert "--only-job-state" in short_argv()
    assert not [word for word in short_argv() if word.startswith("--user")], "squeue refuses both together"


def test_none_at_all() -> None:
    assert parse_short(0, b"", b"") == frozenset()


def test_a_cut_answer() -> None:
    with pytest.raises(AnswerUnreadable):
        parse_short(0, OUT[:-1], b"")


def test_a_release_without_it() -> None:
    said = b"squeue: unrecognized option '--only-job-state'\nTry \"squeue --help\" for more information\n"
    with pytest.raises(CommandFailed):
        parse_short(1, b"", said)


def test_a_row_that_is_known_word_by_word_is_not_read_again() -> None:
    first = read_squeue(0, ROW % b"PENDING", b"", {})
    again = read_squeue(0, ROW % b"PENDING" + (ROW % b"PENDING").replace(b"7", b"8", 1), b"", first)
    assert [each.job_id for each in again.values()] == [7, 8]
    assert next(iter(again.values())) is next(iter(first.values()))


def test_a_row_that_changed_is_read_again() -> None:
    first = read_squeue(0, ROW % b"PENDING", b"", {})
    (changed,) = read_squeue(0, ROW % b"RUNNING", b"", first).values()
    assert changed.state is State.RUNNING
