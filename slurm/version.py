"""Sbatch --version: which Slurm the commands belong to."""

import re

from slurm.errors import AnswerUnreadable
from slurm.failures import check_answer

_VERSION = re.compile(r"\bslurm(?:-\w+)?\s+(\d+)\.(\d+)\.(\d+)")


def version_argv() -> list[str]:
    """Return the command that prints the release."""
    return ["sbatch", "--version"]


def parse_version(rc: int, out: bytes, err: bytes) -> tuple[int, int, int]:
    """Return the release as numbers: ``slurm-wlm 24.11.5`` is (24, 11, 5).

    Raises:
        SlurmUnavailable, CommandFailed: see ``check_answer`` (sbatch reads its configuration even for this).
        AnswerUnreadable: no version is in the answer.
    """
    check_answer("sbatch --version", rc, err)
    text = out.decode("utf-8", "backslashreplace")
    found = _VERSION.search(text)
    if not found:
        raise AnswerUnreadable(f"sbatch gave {text[:80]!r} as its version")
    return int(found[1]), int(found[2]), int(found[3])
