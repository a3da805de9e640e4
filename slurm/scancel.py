"""scancel: end jobs, arrays and single tasks."""

from collections.abc import Sequence

from slurm.failures import failure, words_of

# Said of a job that has ended: what was wanted is so.
_ALREADY = ("invalid job id specified", "already completing or completed", "already finished", "already done")


def scancel_argv(job_ids: Sequence[int], tasks: Sequence[tuple[int, int]] = ()) -> list[str]:
    """Return the command that ends jobs, pending or running.

    Args:
        job_ids: ids of jobs, or of arrays with all their tasks.
        tasks: single tasks, as the id of the array and the number in it.

    Raises:
        ValueError: nothing to end, an id below 1 (``scancel 0`` is not asked of Slurm, an empty list would be an error
            there) or a task below 0.
    """
    ids = [*job_ids, *(array for array, _ in tasks)]
    if not ids or min(ids) < 1 or any(task < 0 for _, task in tasks):
        raise ValueError("scancel needs job ids above 0, and tasks of 0 or more")
    return ["scancel", *map(str, job_ids), *(f"{array}_{task}" for array, task in tasks)]


def parse_scancel(rc: int, out: bytes, err: bytes) -> None:  # noqa: ARG001
    """Return if every job is being ended or had ended before.

    Raises:
        SlurmUnavailable: the controller was not reached.
        CommandFailed: a job could not be ended (no right to).
    """
    lines = [line for line in words_of(err).splitlines() if "error" in line.lower() or "fatal" in line.lower()]
    open_lines = [line for line in lines if not any(sentence in line.lower() for sentence in _ALREADY)]
    if open_lines or (rc != 0 and not lines):
        raise failure("scancel", rc, "\n".join(open_lines).encode())
