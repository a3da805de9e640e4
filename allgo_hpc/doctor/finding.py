"""What one check found."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How much it matters."""

    OK = "ok"
    WARN = "warn"
    """The portal works; something is slower or less safe than it could be."""
    FAIL = "fail"
    """Something that people need does not work."""


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's table.

    Attributes:
        level: how much it matters.
        what: what was looked at.
        said: what was found.
        todo: what to do about it; empty where nothing is.
    """

    level: Level
    what: str
    said: str
    todo: str = ""


def ok(what: str, said: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(Level.OK, what, said)


def warn(what: str, said: str, todo: str) -> Finding:
    """Return that something could be better."""
    return Finding(Level.WARN, what, said, todo)


def fail(what: str, said: str, todo: str) -> Finding:
    """Return that something does not work."""
    return Finding(Level.FAIL, what, said, todo)
