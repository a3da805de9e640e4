"""squeue: who waits, in what order, and when Slurm's backfill expects each to start; one question for all."""

from dataclasses import dataclass
from datetime import datetime

from slurm.failures import check_answer
from slurm.rows import SEPARATOR, instant, job_id, split_rows, whole_number

_PROGRAM = "squeue"
_FIELDS = {
    "job_id": "ArrayJobID",
    "partition": "Partition",
    "priority": "PriorityLong",
    "starts": "StartTime",  # of a job that waits: the guess that ``squeue --start`` shows
}


@dataclass(frozen=True)
class Waiting:
    """A job, or what is left of an array, that waits.

    Attributes:
        job_id: Slurm's id; of an array, its own.
        partitions: where it may start.
        priority: the higher goes first.
        starts_at: when Slurm expects it to start, in UTC; None where it does not say, which is so for most.
    """

    job_id: int
    partitions: frozenset[str]
    priority: int
    starts_at: datetime | None


def waiting_argv() -> list[str]:
    """Return the command that lists whatever waits, everybody's, also in hidden partitions; an array is one row."""
    fields = ",".join(f"{name}:{SEPARATOR}" for name in _FIELDS.values())
    return [_PROGRAM, "--noheader", "--all", "--states=PENDING", f"--Format={fields}"]


def parse_waiting(rc: int, out: bytes, err: bytes) -> list[Waiting]:
    """Return what waits, in the order in which it is looked at: by priority, then by id.

    Where a site lets nobody see others' jobs (PrivateData), these are not among them.

    Raises:
        SlurmUnavailable, CommandFailed, AnswerUnreadable: nothing is known (see ``slurm.squeue.parse_squeue``).
    """
    check_answer(_PROGRAM, rc, err)
    found: dict[int, Waiting] = {}
    for row in split_rows(_PROGRAM, tuple(_FIELDS), out):
        one = Waiting(
            job_id(_PROGRAM, row["job_id"]),
            frozenset(row["partition"].split(",")),
            whole_number(_PROGRAM, "priority", row["priority"]),
            instant(_PROGRAM, "start time", row["starts"]),
        )
        # A task of an array that was requeued has a row of its own.
        known = found.get(one.job_id)
        if known is None or one.priority > known.priority:
            found[one.job_id] = one
    return sorted(found.values(), key=lambda each: (-each.priority, each.job_id))
