"""The options of sacct, rows of every form, and an accounting that is away."""

from datetime import datetime, timedelta, timezone

import pytest

from slurm.errors import AnswerUnreadable, CommandFailed, SlurmUnavailable
from slurm.sacct import parse_sacct, sacct_argv


def sacct_row(**changes: str) -> bytes:
    values = {
        "id": "7", "name": "allgo-1", "comment": "mark", "state": "COMPLETED", "code": "0:0", "reason": "None",
        "submit": "1700000000", "start": "1700000001", "end": "1700000002", "elapsed": "1", "cpu": "00:00.500",
        "rss": "", "nodes": "c1",
    }  # fmt: skip
    return ("\x1f".join((values | changes).values()) + "\x1f\n").encode()


def test_sacct_options() -> None:
    since = datetime(2026, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    argv = sacct_argv("allgo", job_ids=[1, 2], names=["a", "b"], since=since)
    assert "--starttime=2026-02-28T23:00:00" in argv
    assert argv[-2:] == ["--jobs=1,2", "--name=a,b"]
    assert {
        "--user=allgo",
        "--array",
        "--duplicates",
        "--delimiter=\x1f",
        "--parsable",
        "--endtime=2099-12-31T00:00:00",
    } <= set(argv)
    assert "--starttime=1970-01-01T00:00:00" in sacct_argv("allgo", names=["a"])


def test_sacct_keeps_the_reason_of_what_does_not_run() -> None:
    """A job that was held once is RUNNING (JobHeldUser) there."""
    reasons = {
        state: parse_sacct(0, sacct_row(state=state, reason="JobHeldUser"), b"")[0].reason
        for state in ("PENDING", "RUNNING", "SUSPENDED", "FAILED")
    }
    assert reasons == {"PENDING": "JobHeldUser", "RUNNING": "", "SUSPENDED": "", "FAILED": "JobHeldUser"}


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"job_ids": [0]},
        {"job_ids": [-1]},
        {"names": ["a,b"]},
        {"names": [""]},
        {"names": ["a"], "since": datetime(2026, 1, 1)},  # noqa: DTZ001 (that it has no time zone is the point)
    ],
)
def test_sacct_refuses_questions(question: dict[str, list[int]]) -> None:
    with pytest.raises(ValueError, match="sacct needs"):
        sacct_argv("allgo", **question)  # type: ignore[arg-type]


def test_a_reused_id_gives_all_its_records() -> None:
    out = sacct_row(comment="old", submit="1600000000") + sacct_row(id="7.batch", rss="1024")
    out += sacct_row(comment="new") + sacct_row(id="7.extern", rss="2048") + sacct_row(id="7.batch", rss="512")
    old, new = parse_sacct(0, out, b"")
    assert (old.comment, old.max_rss_bytes) == ("old", 1024)
    assert (new.comment, new.max_rss_bytes) == ("new", 2048)


def test_steps_belong_to_their_own_task() -> None:
    out = sacct_row(id="7_0") + sacct_row(id="7_0.batch", rss="1024")
    out += sacct_row(id="7_10", state="FAILED", code="3:0") + sacct_row(id="7_10.batch", rss="2048") + sacct_row(id="8")
    jobs = parse_sacct(0, out, b"")
    assert [(job.job_id, job.task, job.exit_code, job.max_rss_bytes) for job in jobs] == [
        (7, 0, 0, 1024),
        (7, 10, 3, 2048),
        (8, None, 0, None),
    ]


@pytest.mark.parametrize(
    "out",
    [
        sacct_row(id="7.batch"),
        sacct_row() + sacct_row(id="8.batch"),
        sacct_row(id="7_1") + sacct_row(id="7_2.batch"),
        sacct_row(id="7_1") + sacct_row(id="7.batch"),
        sacct_row() + sacct_row(id="7_0.batch"),
        sacct_row(id="7_[2-5]"),
        sacct_row(id="7_"),
        sacct_row(id="7_N/A"),
        sacct_row(id="0_1"),
        sacct_row(id="_1"),
        sacct_row(cpu="soon"),
    ],
)
def test_sacct_rows_of_another_form(out: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        parse_sacct(0, out, b"")


@pytest.mark.parametrize(
    ("text", "seconds"), [("00:00.500", 0.5), ("01:02", 62), ("01:01:01", 3661), ("2-00:00:01", 172801), ("", None)]
)
def test_processor_time(text: str, seconds: float | None) -> None:
    assert parse_sacct(0, sacct_row(cpu=text), b"")[0].cpu_s == seconds


def test_a_disabled_accounting_is_not_transient() -> None:
    with pytest.raises(CommandFailed, match="storage is disabled") as caught:
        parse_sacct(1, b"", b"Slurm accounting storage is disabled\n")
    assert not caught.value.transient


@pytest.mark.parametrize(
    "err",
    [
        b"sacct: error: Problem talking to the database: Connection refused\n",
        b"sacct: error: slurm_persist_conn_open: failed to send persistent connection init message to localhost:6819\n",
        b"sacct: error: Sending PersistInit msg: Connection refused\n",
    ],
)
@pytest.mark.parametrize("rc", [0, 1])
def test_database_away(rc: int, err: bytes) -> None:
    with pytest.raises(SlurmUnavailable):
        parse_sacct(rc, b"", err)
