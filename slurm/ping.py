"""Scontrol ping: is a controller there."""

import re

_UP = re.compile(rb"^Slurmctld\([^)]*\) at .* is UP\s*$", re.MULTILINE)


def ping_argv() -> list[str]:
    """Return the command that asks the controllers whether they are up."""
    return ["scontrol", "ping"]


def parse_ping(rc: int, out: bytes, err: bytes) -> bool:  # noqa: ARG001
    """Return whether at least one controller (primary or backup) said that it is up.

    The exit status is 0 if any controller answers and 1 if the first does not, depending on the release: the words
    decide.
    """
    return bool(_UP.search(out))
