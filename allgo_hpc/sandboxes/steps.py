"""What brings a sandbox to where its author wants it: one call after the other to the build node, each repeatable."""

import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.commits.moves import leave_sandbox, move_sandbox
from allgo_hpc.commits.states import SandboxState
from allgo_hpc.errors import NotFound, Refusal, StorageAway
from allgo_hpc.models import Sandbox, Version
from allgo_hpc.publishing.build_cache import digest_of
from allgo_hpc.publishing.images import provide_base
from allgo_hpc.sandboxes.keys import push_keys
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from containers import BuildNode, ContainerError, RequestRefused

_log = logging.getLogger(__name__)


def step(session: Session, services: Services, sandbox: Sandbox) -> None:
    """Do what is wanted of a sandbox; a build node that does not answer is asked again at the next turn.

    Raises:
        Exception: a fault of the program or the machine; the next turn tries again.
    """
    state = SandboxState(sandbox.state)
    try:
        if state is SandboxState.STARTING:
            _start(session, services, sandbox)
        elif state is SandboxState.STOPPING:
            _unless_absent(services, sandbox, BuildNode.stop)
            move_sandbox(session, sandbox, SandboxState.STOPPED)
        elif state is SandboxState.DISCARDING:
            _unless_absent(services, sandbox, BuildNode.delete)
            leave_sandbox(session, sandbox)
        elif state is not SandboxState.ERROR:
            push_keys(session, services, sandbox)
    except (ContainerError, Refusal) as error:
        session.rollback()
        if _may_pass(error):
            _log.warning("the sandbox of %s waits: %s", sandbox.app.name, error)
            if sandbox.reason != str(error):
                sandbox.reason = str(error)
                session.commit()
            return
        move_sandbox(session, sandbox, SandboxState.ERROR, reason=str(error))


def _may_pass(error: Exception) -> bool:
    """True for what the next turn may find otherwise; a full disk is for somebody to mend."""
    if isinstance(error, RequestRefused) and error.code == "no_room":
        return False
    return isinstance(error, StorageAway) or (isinstance(error, ContainerError) and error.transient)


def _unless_absent(services: Services, sandbox: Sandbox, act: Callable[[BuildNode, str], object]) -> None:
    try:
        act(services.need_build_node(), sandbox.app.name)
    except RequestRefused as error:
        if error.code != "unknown_sandbox":
            raise


def _start(session: Session, services: Services, sandbox: Sandbox) -> None:
    node, name = services.need_build_node(), sandbox.app.name
    if sandbox.anew:
        path, sha256 = _image(session, services, sandbox)
        session.commit()  # nothing is held while an image travels
        with storage_errors():
            node.put_image(path)
        if node.status(name).state != "absent":
            node.delete(name)
        node.create(name, sha256)
        sandbox.anew, sandbox.sha256, sandbox.keys_sha256 = False, sha256, ""  # a new one has no keys
        session.commit()
    push_keys(session, services, sandbox)
    node.start(name)
    move_sandbox(session, sandbox, SandboxState.RUNNING)


def _image(session: Session, services: Services, sandbox: Sandbox) -> tuple[Path, str]:
    kind, _, which = sandbox.origin.partition(":")
    if kind == "version":
        statement = select(Version).where(Version.app_id == sandbox.app_id, Version.number == int(which))
        version = session.scalars(statement).one()
        image = services.layout.image(sandbox.app.name, version.sha256)
        if not image.exists() and services.layout.images.is_dir():
            raise NotFound(f"the image of version {version.number} is not there any more: begin from another one")
        return image, version.sha256
    with storage_errors():
        path = provide_base(services, which, lambda line: _log.info("%s", line))
        return path, digest_of(path)
