"""sacct: what the accounting remembers of jobs that the controller may have forgotten."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from slurm.errors import AnswerUnreadable
from slurm.failures import check_answer
from slurm.record import JobRecord
from slurm.rows import SEPARATOR, exit_and_signal, instant, job_id, split_rows, task_index, whole_number
from slurm.states import Phase, parse_state

_PROGRAM = "sacct"
# Our name of a field, and sacct's (--format).
_FIELDS = {
    "job_id": "JobID",  # 12, 12_3 for a task, and 12_3.batch for a step; JobIDRaw is each task's own
    "name": "JobName",
    "comment": "Comment",
    "state": "State",
    "exit_code": "ExitCode",
    "reason": "Reason",
    "submitted": "Submit",
    "started": "Start",
    "ended": "End",
    "elapsed": "ElapsedRaw",
    "cpu": "TotalCPU",
    "max_rss": "MaxRSS",
    "nodes": "NodeList",
}
_CPU = re.compile(r"(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+(?:\.\d+)?)")
# sacct refuses a start after its end, which is now by default: a clock that was set back must not make it fail.
_END = "2099-12-31T00:00:00"
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def sacct_argv(
    user: str,
    *,
    job_ids: Sequence[int] = (),
    names: Sequence[str] = (),
    since: datetime | None = None,
) -> list[str]:
    """Return the command that lists jobs of ``user`` out of the accounting.

    Every record of an id comes (``--duplicates``): a controller that crashed gives ids out again. Records of other
    users cannot come, so a stranger's job under a reused id does not either. Of an array every task comes, one by one:
    without ``--array`` those that never started share one row (``12_[2-9]``), cut where the list is long.

    Args:
        user: whose jobs.
        job_ids: only jobs with one of these ids, an array's for all its tasks.
        names: only jobs with one of these names; with ids too, both must fit (sacct's rule).
        since: leave out what ended before. Without it sacct would look at today only when asked by name.

    Raises:
        ValueError: neither ids nor names, an id below 1, a name with a comma, or ``since`` without a time zone.
    """
    if not job_ids and not names:
        raise ValueError("sacct needs job ids or names")
    if any(number < 1 for number in job_ids) or any("," in name or not name for name in names):
        raise ValueError("sacct needs job ids above 0 and names without commas")
    start = since or _BEGINNING
    if start.tzinfo is None:
        raise ValueError("sacct needs a start time with its time zone")
    argv = [
        _PROGRAM,
        "--noheader",
        "--array",
        "--parsable",
        f"--delimiter={SEPARATOR}",
        "--duplicates",
        "--noconvert",
        f"--user={user}",
        f"--starttime={start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        f"--endtime={_END}",
        f"--format={','.join(_FIELDS.values())}",
    ]
    if job_ids:
        argv.append(f"--jobs={','.join(map(str, job_ids))}")
    if names:
        argv.append(f"--name={','.join(names)}")
    return argv


def parse_sacct(rc: int, out: bytes, err: bytes) -> list[JobRecord]:
    """Return the jobs of the answer; rows of steps only add their memory to their job.

    The accounting learns a job's comment when the job ends (seen with 24.11 and 26.05) and keeps it only where
    ``AccountingStoreFlags`` has ``job_comment``: match a record without one by name and submit time.

    Raises:
        SlurmUnavailable: the accounting did not answer.
        CommandFailed: sacct failed otherwise.
        AnswerUnreadable: the answer is cut or a row is not of the form that was asked for.
    """
    check_answer(_PROGRAM, rc, err)
    records: list[JobRecord] = []
    for row in split_rows(_PROGRAM, tuple(_FIELDS), out):
        job, dot, _ = row["job_id"].partition(".")
        if not dot:
            records.append(_record(row))
        elif records and (records[-1].job_id, records[-1].task) == _id_and_task(job):
            records[-1] = _with_step(records[-1], row)
        else:
            raise AnswerUnreadable(f"sacct gave the step {row['job_id'][:80]!r} without its job")
    return records


def _id_and_task(text: str) -> tuple[int, int | None]:
    """Return 12 and None from ``12``, 12 and 3 from ``12_3``."""
    number, underscore, task = text.partition("_")
    if underscore and not task.isdigit():
        raise AnswerUnreadable(f"sacct gave {text[:80]!r} as a task")
    return job_id(_PROGRAM, number), task_index(_PROGRAM, task)


def _record(row: dict[str, str]) -> JobRecord:
    number, task = _id_and_task(row["job_id"])
    state = parse_state(row["state"])
    ended = state.is_final
    started = instant(_PROGRAM, "start time", row["started"])
    finished = instant(_PROGRAM, "end time", row["ended"])
    code, signal = exit_and_signal(_PROGRAM, row["exit_code"])
    return JobRecord(
        job_id=number,
        task=task,
        name=row["name"],
        comment=row["comment"],
        state=state,
        word=row["state"],
        # Of a running job the accounting still has the reason for which it once waited (24.11 and 26.05).
        reason="" if row["reason"] == "None" or state.phase is Phase.RUNNING else row["reason"],
        exit_code=code if ended and started else None,
        signal=signal if ended and started else None,
        submitted_at=instant(_PROGRAM, "submit time", row["submitted"]),
        started_at=started,
        finished_at=finished if ended else None,
        nodes="" if row["nodes"] == "None assigned" else row["nodes"],
        source="accounting",
        elapsed_s=whole_number(_PROGRAM, "elapsed time", row["elapsed"]) if row["elapsed"] else None,
        cpu_s=_cpu_seconds(row["cpu"]) if ended else None,
    )


def _with_step(record: JobRecord, row: dict[str, str]) -> JobRecord:
    if not row["max_rss"]:
        return record
    used = whole_number(_PROGRAM, "MaxRSS", row["max_rss"])
    return replace(record, max_rss_bytes=max(used, record.max_rss_bytes or 0))


def _cpu_seconds(text: str) -> float | None:
    """Return seconds from ``[[days-]hours:]minutes:seconds[.fraction]``."""
    if not text:
        return None
    found = _CPU.fullmatch(text)
    if not found:
        raise AnswerUnreadable(f"sacct gave {text[:80]!r} as processor time")
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
