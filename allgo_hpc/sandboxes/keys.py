"""Which keys open a sandbox, and that the build node is told of them as soon as they change."""

import hashlib

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from allgo_hpc.models import App, Sandbox, SshKey, User
from allgo_hpc.services import Services
from containers import PublicKey, read_key


def keys_of(session: Session, sandbox: Sandbox) -> list[PublicKey]:
    """Return the public keys that may log in: those of the app's author and of whoever started it."""
    users = {sandbox.app.owner_id, sandbox.user_id}
    found = session.scalars(select(SshKey).where(SshKey.user_id.in_(users)).order_by(SshKey.id))
    return [read_key(line_of(key)) for key in found]


def line_of(key: SshKey) -> str:
    """Return the key as one line: kind and key, nothing that its owner wrote."""
    return f"{key.type} {key.blob}"


def push_keys(session: Session, services: Services, sandbox: Sandbox) -> bool:
    """Tell the build node who may log in, where that is not what it was told before; returns whether it was told.

    Raises:
        ContainerError: it does not answer.
    """
    keys = keys_of(session, sandbox)
    digest = hashlib.sha256("\n".join(key.line for key in keys).encode()).hexdigest()
    if digest == sandbox.keys_sha256:
        return False
    services.need_build_node().keys(sandbox.app.name, keys)
    sandbox.keys_sha256 = digest
    session.commit()
    return True


def tell_build_node(session: Session, user: User) -> None:
    """Let the keys of a user's sandboxes be told anew, within a second; the caller commits."""
    own = select(App.id).where(App.owner_id == user.id)
    session.execute(
        update(Sandbox).where(or_(Sandbox.user_id == user.id, Sandbox.app_id.in_(own))).values(keys_sha256=""),
        execution_options={"synchronize_session": False},
    )
