"""What the build node tells of a sandbox, as values with types. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from containers.remote.errors import AnswerUnreadable

STATES = ("absent", "stopped", "running", "frozen")


@dataclass(frozen=True)
class SandboxStatus:
    """One sandbox. Times are seconds since 1970.

    Attributes:
        name: the app's.
        state: ``absent``, ``stopped``, ``running`` or ``frozen`` (a commit reads it).
        image: SHA-256 of the image it was made from; empty where absent.
        created: when it was made.
        started: when it was started; None unless it runs.
        active: when something last happened in it.
        sessions: how many are open.
        keys: how many keys open it.
        limits: ``disk_mb``, ``memory_mb``, ``processes``, ``idle_minutes``.
        used: ``disk_mb``, ``memory_mb``, ``processes``; empty unless it runs.
        deleted: when sandboxes of this name that can be restored were deleted.
    """

    name: str
    state: str
    image: str = ""
    created: float | None = None
    started: float | None = None
    active: float | None = None
    sessions: int = 0
    keys: int = 0
    limits: Mapping[str, int] = field(default_factory=dict)
    used: Mapping[str, int] = field(default_factory=dict)
    deleted: tuple[float, ...] = ()


def read_status(values: Mapping[str, Any]) -> SandboxStatus:
    """Read the node's answer.

    Raises:
        AnswerUnreadable: it is of another form.
    """
    if not isinstance(values.get("name"), str) or values.get("state") not in STATES:
        raise AnswerUnreadable("the build node's answer about a sandbox is unreadable")
    return SandboxStatus(
        name=values["name"],
        state=values["state"],
        image=str(values.get("image") or ""),
        created=_time(values.get("created")),
        started=_time(values.get("started")),
        active=_time(values.get("active")),
        sessions=_count(values.get("sessions")),
        keys=_count(values.get("keys")),
        limits=_counts(values.get("limits")),
        used=_counts(values.get("used")),
        deleted=tuple(float(one) for one in values.get("deleted") or () if isinstance(one, (int, float))),
    )


def _time(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _counts(value: object) -> Mapping[str, int]:
    return {name: _count(one) for name, one in value.items()} if isinstance(value, dict) else {}
