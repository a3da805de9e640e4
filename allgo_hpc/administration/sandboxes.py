"""All sandboxes, for administrators: whose, how much of the build node they take, and stopping them."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.administration.actor import Actor
from allgo_hpc.commits.states import SandboxState
from allgo_hpc.models import App, Sandbox
from allgo_hpc.sandboxes.ask import stop_sandbox
from allgo_hpc.services import Services
from containers import ContainerError

_MB = 2**20
_SHOWN = 500


@dataclass(frozen=True)
class Row:
    """A sandbox: bytes of its disk that are used and that it may use (None: not told), and how many are logged in."""

    sandbox: Sandbox
    used: int | None
    limit: int | None
    sessions: int

    @property
    def can_stop(self) -> bool:
        """Whether stopping it would do anything."""
        return self.sandbox.state in {SandboxState.RUNNING, SandboxState.STARTING, SandboxState.ERROR}


def list_sandboxes(session: Session) -> list[Row]:
    """Return all sandboxes, running ones first, then by the app's name."""
    found = session.scalars(
        select(Sandbox)
        .join(App, App.id == Sandbox.app_id)
        .options(joinedload(Sandbox.app).joinedload(App.owner))
        .order_by((Sandbox.state != SandboxState.RUNNING.value), App.name)
        .limit(_SHOWN)
    )
    return [_row(each) for each in found]


def count_errors(session: Session) -> int:
    """Return how many sandboxes the build node could not do as was wanted with."""
    return session.scalar(select(func.count()).where(Sandbox.state == SandboxState.ERROR.value)) or 0


def stop_anybodys_sandbox(session: Session, by: Actor, app: App) -> Sandbox:
    """Stop the sandbox of any app; what is in it stays.

    Raises:
        Conflict: there is none, or something else is under way.
    """
    stopped = stop_sandbox(session, app)
    by.note(session, "sandbox.stop", app.name)
    session.commit()
    return stopped


@dataclass(frozen=True)
class NodeRoom:
    """The build node: whether there is one, its room in bytes, how many sandboxes it has; ``said``: why nothing."""

    there: bool
    answers: bool
    total: int = 0
    free: int = 0
    sandboxes: int = 0
    running: int = 0
    said: str = ""


def look_at_node(services: Services) -> NodeRoom:
    """Ask the build node for its room."""
    if services.build_node is None:
        return NodeRoom(there=False, answers=False)
    try:
        told = services.build_node.node_status()
    except ContainerError as error:
        return NodeRoom(there=True, answers=False, said=str(error))
    disk: dict[str, Any] = told.get("disk") or {}
    return NodeRoom(
        there=True,
        answers=True,
        total=_count(disk.get("total_mb")) * _MB,
        free=_count(disk.get("free_mb")) * _MB,
        sandboxes=_count(told.get("sandboxes")),
        running=_count(told.get("running")),
    )


def _count(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _row(sandbox: Sandbox) -> Row:
    usage = sandbox.usage or {}
    used = (usage.get("used") or {}).get("disk_mb")
    limit = (usage.get("limits") or {}).get("disk_mb")
    return Row(
        sandbox,
        _count(used) * _MB if used is not None else None,
        _count(limit) * _MB if limit is not None else None,
        _count(usage.get("sessions")),
    )
