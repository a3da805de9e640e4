"""scancel: end jobs."""

from collections.abc import Sequence

from slurm.failures import failure, words_of

# Said of a job that has ended: what was wanted is so.
_ALREADY = ("invalid job id specified", "already completing or completed", "already finished", "already done")


def scancel_argv(job_ids: Sequence[int]) -> list[str]:
    """Return the command that ends jobs, pending or running.

    Raises:
        ValueError: no id or one below 1 (``scancel 0`` is not asked of Slurm, an empty list would be an error there).
    """
    if not job_ids or min(job_ids) < 1:
        raise ValueError("scancel needs job ids above 0")
    return ["scancel", *map(str, job_ids)]


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
