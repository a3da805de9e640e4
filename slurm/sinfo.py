"""Sinfo: which partitions start no jobs at the moment."""

from slurm.errors import AnswerUnreadable
from slurm.failures import check_answer

_PROGRAM = "sinfo"
_OPEN = "up"


def sinfo_argv() -> list[str]:
    """Return the command that lists every partition with its state, a line each (or several)."""
    return [_PROGRAM, "--noheader", "--all", "--format=%R|%a"]


def parse_closed(rc: int, out: bytes, err: bytes) -> frozenset[str]:
    """Return the names of the partitions that start no jobs: those in state down, drain or inactive.

    Raises:
        SlurmUnavailable, CommandFailed: sinfo failed (see ``check_answer``).
        AnswerUnreadable: a line is none that is known, or there is none.
    """
    check_answer(_PROGRAM, rc, err)
    states: dict[str, str] = {}
    for line in out.decode("utf-8", "replace").splitlines():
        name, _, state = line.rpartition("|")
        if not name or not state.isalpha():
            raise AnswerUnreadable(f"{_PROGRAM} gave a line that is not known: {line[:80]!r}")
        states[name] = state
    if not states:
        raise AnswerUnreadable(f"{_PROGRAM} named no partition")
    return frozenset(name for name, state in states.items() if state != _OPEN)
