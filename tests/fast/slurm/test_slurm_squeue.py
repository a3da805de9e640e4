"""The options of squeue, and rows of every form."""

import pytest

from slurm.errors import AnswerUnreadable, SlurmError
from slurm.squeue import parse_squeue, squeue_argv
from slurm.states import State


def squeue_row(**changes: str) -> bytes:
    values = {
        "id": "7", "task": "N/A", "name": "allgo-1", "comment": "mark", "state": "COMPLETED", "reason": "None",
        "submit": "1700000000", "start": "1700000001", "end": "1700000002", "nodes": "c1", "code": "0:0",
    }  # fmt: skip
    return ("\x1f".join((values | changes).values()) + "\x1f\n").encode()


def test_squeue_asks_once_for_everything() -> None:
    argv = squeue_argv("allgo")
    assert argv[:6] == ["squeue", "--noheader", "--all", "--array", "--states=all", "--user=allgo"]
    assert argv[6].count("\x1f") == 11


def test_squeue_asks_for_one_job_alone() -> None:
    whole, one = squeue_argv("allgo"), squeue_argv("allgo", 7)
    assert set(one) - set(whole) == {"--jobs=7"}
    assert set(whole) < set(one), "of the same user, with the same fields"


@pytest.mark.parametrize(
    "out",
    [
        b"garbage\n",
        b"\n",
        squeue_row()[:-1],
        b"7\x1fshort\x1f\n",
        squeue_row(id=""),
        squeue_row(id="0"),
        squeue_row(id="x"),
        squeue_row(id="7_1"),
        squeue_row(task="2-5"),
        squeue_row(task="-1"),
        squeue_row(task="x"),
        squeue_row(name="one\x1ftwo"),
        squeue_row(submit="2023-11-14T22:13:20"),
        squeue_row(end="9" * 30),
        squeue_row(code="0"),
        squeue_row(code="a:b"),
        squeue_row() + b"squeue: error",
    ],
)
def test_squeue_rows_of_another_form(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_squeue(0, out, b"")


def test_a_short_row_is_named() -> None:
    with pytest.raises(AnswerUnreadable, match=r"row 2 of squeue has 2 fields instead of 11: 'eight\\x1fshort'"):
        parse_squeue(0, squeue_row() + b"eight\x1fshort\x1f\n", b"")


def test_squeue_tells_tasks_apart() -> None:
    out = squeue_row() + squeue_row(id="9", task="0") + squeue_row(id="9", task="12")
    assert [(job.job_id, job.task) for job in parse_squeue(0, out, b"")] == [(7, None), (9, 0), (9, 12)]


def test_future_state_words_move_nothing() -> None:
    (job,) = parse_squeue(0, squeue_row(state="EVAPORATED"), b"")
    assert (job.state, job.word, job.exit_code, job.finished_at) == (State.UNDETERMINED, "EVAPORATED", None, None)


def test_bytes_that_are_no_text() -> None:
    (job,) = parse_squeue(0, squeue_row().replace(b"mark", b"m\xffk"), b"")
    assert job.comment == "m\\xffk"


def test_absent_texts() -> None:
    (job,) = parse_squeue(0, squeue_row(comment="(null)", nodes="", start="N/A", end="Unknown"), b"")
    assert (job.comment, job.nodes, job.started_at, job.finished_at) == ("", "", None, None)


def test_ten_thousand_jobs() -> None:
    out = b"".join(squeue_row(id=str(number)) for number in range(1, 10_001))
    assert len(parse_squeue(0, out, b"")) == 10_000


def test_warnings_do_not_spoil_an_answer() -> None:
    assert len(parse_squeue(0, squeue_row(), b"squeue: warning: old option\n")) == 1


@pytest.mark.parametrize(
    "err",
    [
        b"squeue: error: anything\n",
        b"slurm_load_jobs error: anything\n",
        b"squeue: fatal: anything\n",
        b"x\nSqueue: Error: y",
    ],
)
def test_an_error_spoils_an_answer_with_status_0(err: bytes) -> None:
    with pytest.raises(SlurmError):
        parse_squeue(0, squeue_row(), err)
