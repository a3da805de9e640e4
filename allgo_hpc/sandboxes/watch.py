"""What the build node does by itself: sandboxes that it stopped, and what they use."""

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.commits.moves import move_sandbox
from allgo_hpc.commits.states import SandboxState
from allgo_hpc.models import Sandbox
from allgo_hpc.sandboxes.keys import push_keys
from allgo_hpc.services import Services
from containers import ContainerError

_log = logging.getLogger(__name__)
_IDLE = "The build node stopped it, for nothing happened in it for a while; what is in it is kept."
_DOWN = "It does not run any more: the build node was started anew. What is in it is kept."


def watch(session: Session, services: Services) -> None:
    """Ask the build node what its sandboxes do, stop the idle ones, and tell it of keys that were changed."""
    node = services.need_build_node()
    try:
        idle = set(node.stop_idle().get("stopped", ()))
        session.commit()
        for sandbox in session.scalars(select(Sandbox).order_by(Sandbox.app_id)).all():
            if sandbox.state not in {SandboxState.RUNNING, SandboxState.STOPPED}:
                continue
            push_keys(session, services, sandbox)
            status = node.status(sandbox.app.name)
            if sandbox.state == SandboxState.RUNNING and status.state in {"stopped", "absent"}:
                reason = _IDLE if sandbox.app.name in idle else _DOWN
                move_sandbox(session, sandbox, SandboxState.STOPPED, reason=reason)
            usage = {"limits": dict(status.limits), "used": dict(status.used), "sessions": status.sessions}
            if usage != sandbox.usage:
                sandbox.usage = usage
                session.commit()
    except ContainerError as error:
        session.rollback()
        _log.warning("the build node was not asked to the end: %s", error)
