"""squeue's short question: which jobs there are and in which state, and nothing else.

The controller answers it without looking into any job (``--only-job-state``): a quarter of what the whole question
costs. Its answer has everybody's jobs, has no mark and no reason, and an id alone identifies nothing: it can say that
nothing seems to have changed since a whole answer, never what a job is.
"""

from slurm.failures import check_answer
from slurm.record import JobRecord
from slurm.rows import whole_lines

_PROGRAM = "squeue"


def short_argv() -> list[str]:
    """Return the command; squeue takes no choice of a user with it (24.11 and 26.05)."""
    return [_PROGRAM, "--noheader", "--array", "--states=all", "--only-job-state", "--format=%F %K %T"]


def parse_short(rc: int, out: bytes, err: bytes) -> frozenset[str]:
    """Return the lines of the answer, to be compared with ``state_line``.

    Raises:
        SlurmUnavailable: the controller did not answer.
        CommandFailed: squeue failed otherwise, also where its release has no such question.
        AnswerUnreadable: the answer is cut.
    """
    check_answer(_PROGRAM, rc, err)
    return frozenset(whole_lines(_PROGRAM, out))


def state_line(record: JobRecord) -> str:
    """Return the line that the short question has for a job as long as its state is this one."""
    return f"{record.job_id} {'N/A' if record.task is None else record.task} {record.word}"
