"""squeue: all jobs of one user, in one question."""

from collections.abc import Mapping

from slurm.failures import check_answer
from slurm.record import JobRecord
from slurm.rows import SEPARATOR, exit_and_signal, instant, job_id, split_row, task_index, whole_rows
from slurm.states import Phase, parse_state

_PROGRAM = "squeue"
# Our name of a field, and squeue's (--Format). A suffix without a width leaves a value whole.
_FIELDS = {
    "job_id": "ArrayJobID",  # of a job that is in no array, its own id (24.11 and 26.05); JobID is each task's own
    "task": "ArrayTaskID",
    "name": "Name",
    "comment": "Comment",
    "state": "State",
    "reason": "Reason",
    "submitted": "SubmitTime",
    "started": "StartTime",
    "ended": "EndTime",
    "nodes": "NodeList",
    "exit_code": "exit_code",
}


def squeue_argv(user: str, job_id: int | None = None) -> list[str]:
    """Return the command that lists every job of ``user`` that the controller still knows, finished ones included.

    With an id it lists that job or array only, for which the controller looks nothing else up: with 4 000 jobs in its
    books 5 ms instead of 44. Two ids are no such question: squeue then asks for everything (26.05).

    Tasks of arrays come one by one (``--array``), also those that wait. Without ``--all`` jobs in a hidden partition
    would not come, though they are the user's own (24.11 and 26.05).

    The controller forgets a finished job after MinJobAge (300 s by default): absence from the answer proves nothing.
    """
    fields = ",".join(f"{name}:{SEPARATOR}" for name in _FIELDS.values())
    only = [] if job_id is None else [f"--jobs={job_id}"]
    return [_PROGRAM, "--noheader", "--all", "--array", "--states=all", f"--user={user}", *only, f"--Format={fields}"]


def parse_squeue(rc: int, out: bytes, err: bytes) -> list[JobRecord]:
    """Return the jobs and tasks of the answer, in its order; an empty list says that there are none.

    Seen with 24.11 and 26.05: a waiting task that is cancelled alone vanishes without a trace, here and in the
    accounting. When the last of an array's waiting tasks go in that way, a CANCELLED record without ``task`` stays
    under the array's id: it says nothing of any task.

    Raises:
        SlurmUnavailable: the controller did not answer.
        CommandFailed: squeue failed otherwise. For a user that does not exist it exits 0 and lists everybody's jobs
            (seen with 26.05), with an error on stderr.
        AnswerUnreadable: the answer is cut or a row is not of the form that was asked for.
    """
    return list(read_squeue(rc, out, err, {}).values())


def read_squeue(rc: int, out: bytes, err: bytes, known: Mapping[str, JobRecord]) -> dict[str, JobRecord]:
    """Return the jobs and tasks by the text of their rows; what an earlier answer had word by word is not read anew.

    Args:
        rc: exit status of squeue, ``out`` and ``err`` what it wrote.
        out: see there.
        err: see there.
        known: what this function returned of an earlier answer; most jobs of ten thousand stand where they stood.

    Raises:
        SlurmError: see ``parse_squeue``.
    """
    check_answer(_PROGRAM, rc, err)
    fields = tuple(_FIELDS)
    return {
        row: known.get(row) or _record(split_row(_PROGRAM, fields, number, row))
        for number, row in enumerate(whole_rows(_PROGRAM, out), 1)
    }


def _record(row: dict[str, str]) -> JobRecord:
    state = parse_state(row["state"])
    ended = state.is_final
    # Only a job with a node has started: a waiting one may show a guess, one cancelled while waiting its end.
    ran = bool(row["nodes"]) and state.phase is not Phase.PENDING
    code, signal = exit_and_signal(_PROGRAM, row["exit_code"])
    started = instant(_PROGRAM, "start time", row["started"])
    # A job that has not ended shows the end of its time limit.
    finished = instant(_PROGRAM, "end time", row["ended"])
    return JobRecord(
        job_id=job_id(_PROGRAM, row["job_id"]),
        task=task_index(_PROGRAM, row["task"]),
        name=row["name"],
        comment=row["comment"],
        state=state,
        word=row["state"],
        reason="" if row["reason"] == "None" else row["reason"],
        exit_code=code if ended and ran else None,
        signal=signal if ended and ran else None,
        submitted_at=instant(_PROGRAM, "submit time", row["submitted"]),
        started_at=started if ran else None,
        finished_at=finished if ended else None,
        nodes=row["nodes"],
        source="controller",
    )
