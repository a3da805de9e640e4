"""Command lines and answers that no recorded Slurm gave."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from slurm.errors import AnswerUnreadable, CommandFailed, SlurmError, SlurmUnavailable, SubmitRefused, SubmitUnknown
from slurm.failures import check_answer, failure, main_error
from slurm.ping import parse_ping
from slurm.rows import exit_and_signal, instant, split_rows
from slurm.sacct import parse_sacct, sacct_argv
from slurm.sbatch import parse_sbatch, sbatch_argv
from slurm.scancel import parse_scancel, scancel_argv
from slurm.squeue import parse_squeue, squeue_argv
from slurm.states import State
from slurm.version import parse_version
from tests.fast.slurm import golden

SPEC = golden.SPECS["plain"]


def squeue_row(**changes: str) -> bytes:
    values = {
        "id": "7", "task": "N/A", "name": "allgo-1", "comment": "mark", "state": "COMPLETED", "reason": "None",
        "submit": "1700000000", "start": "1700000001", "end": "1700000002", "nodes": "c1", "code": "0:0",
    }  # fmt: skip
    return ("\x1f".join((values | changes).values()) + "\x1f\n").encode()


def sacct_row(**changes: str) -> bytes:
    values = {
        "id": "7", "name": "allgo-1", "comment": "mark", "state": "COMPLETED", "code": "0:0", "reason": "None",
        "submit": "1700000000", "start": "1700000001", "end": "1700000002", "elapsed": "1", "cpu": "00:00.500",
        "rss": "", "nodes": "c1",
    }  # fmt: skip
    return ("\x1f".join((values | changes).values()) + "\x1f\n").encode()


# sbatch


def test_sbatch_options() -> None:
    assert sbatch_argv(SPEC) == [
        "sbatch", "--parsable", "--export=NIL", "--no-requeue", "--propagate=NONE", "--job-name=allgo-17",
        "--comment=5f0c0bd1-6a52-4d62-a6a2-3b8c2a4b6f10", "--partition=standard", "--time=20", "--mem=512M",
        "--cpus-per-task=2", "--ntasks=1", "--nodes=1", "--chdir=/", "--input=/dev/null", "--output=/dev/null",
        "--error=/dev/null", "--signal=B:USR2@30",
    ]  # fmt: skip


@pytest.mark.parametrize(("tasks", "option"), [(1, "--array=0-0"), (5, "--array=0-4")])
def test_sbatch_of_an_array(tasks: int, option: str) -> None:
    spec = replace(golden.SPECS["array"], tasks=tasks)
    assert sbatch_argv(spec) == [*sbatch_argv(replace(SPEC, name=spec.name, comment=spec.comment)), option]


@pytest.mark.parametrize(
    ("minutes", "grace_s", "options"),
    [
        (1, None, []),
        (5, None, []),
        (5, 60, []),
        (6, None, ["--signal=B:USR2@30"]),
        (1440, 600, ["--signal=B:USR2@600"]),
    ],
)
def test_sbatch_warns_of_longer_limits_only(minutes: int, grace_s: int | None, options: list[str]) -> None:
    argv = sbatch_argv(replace(SPEC, time_limit_min=minutes, grace_s=grace_s))
    assert [option for option in argv if option.startswith("--signal")] == options


@pytest.mark.parametrize("name", ["with-scratch", "array"])
def test_no_path_of_a_job_is_an_option(name: str) -> None:
    spec = golden.SPECS[name]
    line = " ".join(sbatch_argv(spec))
    for path in (spec.control_dir, spec.work_dir, spec.log_file, spec.scratch_dir):
        assert str(path) not in line


@pytest.mark.parametrize(("out", "job_id"), [(b"12\n", 12), (b"12;cluster-1\n", 12), (b"4294967295\n", 4294967295)])
def test_sbatch_id(out: bytes, job_id: int) -> None:
    assert parse_sbatch(0, out, b"sbatch: warning: something\n") == job_id


@pytest.mark.parametrize(
    "out", [b"", b"0\n", b"-1\n", b"Submitted batch job 12\n", b"12\n13\n", b"12;\n", b"1e3", b"\xd9\xa3\n"]
)
def test_sbatch_without_a_usable_id_may_have_created_the_job(out: bytes) -> None:
    with pytest.raises(SubmitUnknown):
        parse_sbatch(0, out, b"")


def test_cores_that_no_machine_has_are_told_before_the_rest() -> None:
    err = (
        b"sbatch: error: CPU count per node can not be satisfied\n"
        b"sbatch: error: Batch job submission failed: Requested node configuration is not available\n"
    )
    with pytest.raises(SubmitRefused) as caught:
        parse_sbatch(1, b"", err)
    assert caught.value.lacking == "cpus"


@pytest.mark.parametrize(
    ("err", "kind", "transient"),
    [
        (
            "Batch job submission failed: Invalid account or account/partition combination specified",
            SubmitRefused,
            False,
        ),
        ("Batch job submission failed: A sentence of a later release", SubmitRefused, False),
        ("Batch job submission failed: MaxJobCount limit reached", SubmitRefused, True),
        ("Batch job submission failed: Resource temporarily unavailable", SubmitRefused, True),
        ("Batch job submission failed: Required partition not available (inactive or drain)", SubmitRefused, True),
        (
            "Batch job submission failed: Job violates accounting/QOS policy (job submit limit, ...)",
            SubmitRefused,
            True,
        ),
        ("Batch job submission failed: Socket timed out on send/recv operation", SubmitUnknown, True),
        ("Batch job submission failed: Zero Bytes were transmitted or received", SubmitUnknown, True),
        ("Batch job submission failed: Unable to contact slurm controller (receive failure)", SubmitUnknown, True),
        ("Batch job submission failed: Unable to contact slurm controller (send failure)", SubmitUnknown, True),
        ("Batch job submission failed: Unable to contact slurm controller (connect failure)", SlurmUnavailable, True),
        ("Batch job submission failed: Protocol authentication error", SlurmUnavailable, True),
        ("Batch job submission failed: Rate limit exceeded, please retry later", SlurmUnavailable, True),
        ("a sentence of a later release", SubmitUnknown, True),
        ("", SubmitUnknown, True),
    ],
)
def test_sbatch_failures(err: str, kind: type[SlurmError], transient: bool) -> None:
    with pytest.raises(SlurmError) as caught:
        parse_sbatch(1, b"", f"sbatch: error: {err}\n".encode() if err else b"")
    assert type(caught.value) is kind
    assert caught.value.transient is transient
    assert "submission failed" not in str(caught.value) or kind is not SubmitRefused or transient


def test_two_controllers_one_refusing_one_silent() -> None:
    err = b"sbatch: error: connect: Connection refused\n"
    err += b"sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n"
    with pytest.raises(SubmitUnknown):
        parse_sbatch(1, b"", err)


def test_a_killed_sbatch_may_have_created_the_job() -> None:
    with pytest.raises(SubmitUnknown):
        parse_sbatch(-9, b"", b"sbatch: error: Batch job submission failed: Invalid partition name specified\n")


# squeue


def test_squeue_asks_once_for_everything() -> None:
    argv = squeue_argv("allgo")
    assert argv[:6] == ["squeue", "--noheader", "--all", "--array", "--states=all", "--user=allgo"]
    assert argv[6].count("\x1f") == 11


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


# sacct


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


# scancel, ping, version, the common parts


def test_scancel_options() -> None:
    assert scancel_argv([3, 1]) == ["scancel", "3", "1"]
    assert scancel_argv([3], [(4, 0), (4, 12)]) == ["scancel", "3", "4_0", "4_12"]
    assert scancel_argv([], [(4, 0)]) == ["scancel", "4_0"]
    for ids in ([], [0], [-1], [1, 0]):
        with pytest.raises(ValueError, match="above 0"):
            scancel_argv(ids)
    for task in ((0, 1), (-4, 1), (4, -1)):
        with pytest.raises(ValueError, match="above 0"):
            scancel_argv([3], [task])


def test_scancel_of_ended_and_forbidden_jobs() -> None:
    ended = b"scancel: error: Kill job error on job id 5: Invalid job id specified\n"
    ended += b"scancel: error: Kill job error on job id 6: Job/step already completing or completed\n"
    parse_scancel(1, b"", ended)
    with pytest.raises(CommandFailed, match="denied"):
        parse_scancel(1, b"", ended + b"scancel: error: Kill job error on job id 7: Access/permission denied\n")
    with pytest.raises(CommandFailed):
        parse_scancel(1, b"", b"")


def test_ping_counts_any_controller() -> None:
    assert parse_ping(1, b"Slurmctld(primary) at a is DOWN\nSlurmctld(backup) at b is UP\n", b"")
    assert not parse_ping(0, b"Slurmctld(primary) at UP is DOWN\n", b"")
    assert not parse_ping(0, b"", b"")


@pytest.mark.parametrize(("out", "version"), [(b"slurm 24.05.1\n", (24, 5, 1)), (b"slurm-wlm 26.05.5-1\n", (26, 5, 5))])
def test_version(out: bytes, version: tuple[int, int, int]) -> None:
    assert parse_version(0, out, b"") == version
    with pytest.raises(AnswerUnreadable):
        parse_version(0, b"pbs_version = 20\n", b"")


def test_failures_say_something() -> None:
    assert str(failure("squeue", 3, b"")) == "squeue failed: exit status 3 and no word"
    assert str(failure("squeue", -9, b"")) == "squeue was ended by signal 9"
    assert main_error(b"squeue: error: first\nsqueue: error: last\nTry --help\n") == "last"
    assert main_error(b"sbatch: unknown option '--x'\nTry \"sbatch --help\"\n") == "unknown option '--x'"
    assert main_error(b"one\ntwo\n") == "two"
    assert len(main_error(b"x" * 5000)) == 300
    check_answer("squeue", 0, b"note\n")


def test_instants() -> None:
    assert instant("p", "t", "1700000000") == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    for text in ("", "Unknown", "N/A", "None", "0", "unknown"):
        assert instant("p", "t", text) is None
    assert exit_and_signal("p", "3:9") == (3, 9)
    assert split_rows("p", ("a",), b"") == []
