"""Which sandboxes have nothing to do: told first, then stopped. Their files stay, their programs end."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from containers.node.settings import NodeSettings

# A program that only waits uses less in the time between two looks; a shell in which somebody types uses more.
_BUSY_S = 0.05


class Act(Enum):
    """What is to be done about a sandbox."""

    NOTHING = "nothing"
    TELL = "tell"
    STOP = "stop"


@dataclass(frozen=True)
class Activity:
    """What the last look saw.

    Attributes:
        at: when something last happened, seconds since 1970.
        cpu_s: seconds of processor time used until then.
        told: when its sessions were told that it will be stopped; None where they were not.
    """

    at: float
    cpu_s: float = 0.0
    told: float | None = None

    @classmethod
    def read(cls, note: dict[str, Any], now: float) -> "Activity":
        """Read the note; what cannot be read counts as activity now: a doubt never ends anybody's work."""
        at, cpu_s, told = note.get("at"), note.get("cpu_s", 0.0), note.get("told")
        if not isinstance(at, (int, float)) or not isinstance(cpu_s, (int, float)):
            return cls(now)
        # A clock that was ahead when the note was made.
        return cls(min(float(at), now), float(cpu_s), min(float(told), now) if isinstance(told, (int, float)) else None)


def decide(seen: Activity, *, cpu_s: float, typed: float, now: float, settings: NodeSettings) -> tuple[Activity, Act]:
    """Return the new note and what is to be done. Pure.

    Nobody is stopped who was not told ``notice_minutes`` before, also when nobody looked for days.

    Args:
        seen: what the last look saw.
        cpu_s: seconds of processor time used until now.
        typed: when something was last typed in a session, seconds since 1970; 0 for never.
        now: seconds since 1970.
        settings: the node's.
    """
    if cpu_s - seen.cpu_s > _BUSY_S or cpu_s < seen.cpu_s:
        return Activity(now, cpu_s), Act.NOTHING
    if seen.at < typed <= now:
        seen = Activity(typed, seen.cpu_s)
    idle_s, notice_s = now - seen.at, settings.notice_minutes * 60
    if idle_s < settings.idle_minutes * 60 - notice_s:
        return seen, Act.NOTHING
    if seen.told is None:
        return replace(seen, told=now), Act.TELL
    if now - seen.told >= notice_s and idle_s >= settings.idle_minutes * 60:
        return seen, Act.STOP
    return seen, Act.NOTHING
