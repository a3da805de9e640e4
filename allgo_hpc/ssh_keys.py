"""The public SSH keys of a user: added, listed, revoked."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from allgo_hpc.audit import record
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import SshKey, User
from allgo_hpc.quotas.check import lock_user
from allgo_hpc.sandboxes.keys import tell_build_node
from containers import KeyRefused, read_key

MOST = 20
"""Keys that one user may have."""
LONGEST_KEY = 16_384
"""Characters that are looked at."""
_LONGEST_NAME = 64
_ID_DIGITS = 9  # what PostgreSQL's integer takes


def add_key(session: Session, user: User, text: str, *, name: str = "") -> SshKey:
    """Store a public key.

    Args:
        session: of the caller.
        user: whose.
        text: the line of the ``.pub`` file.
        name: what its owner calls it; without it the key's own comment, else its kind.

    Raises:
        BadInput: it is no key that is let in, or the name cannot be shown.
        Conflict: the user has it already, or as many as one may have.
    """
    try:
        key = read_key(text)
    except KeyRefused as error:
        raise BadInput(f"key: {error}", field="key", code="bad_key") from error
    name = name.strip() or key.comment[:_LONGEST_NAME].strip() or key.kind
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadInput(f"name: 1 to {_LONGEST_NAME} printable characters", field="name")
    session.commit()  # ends the reading, which a lock must not follow
    lock_user(session, user)
    own = SshKey.user_id == user.id
    count = session.scalar(select(func.count()).select_from(SshKey).where(own)) or 0
    there = session.scalar(select(SshKey.name).where(own, SshKey.fingerprint == key.fingerprint))
    if there is not None or count >= MOST:
        session.rollback()
        if there is not None:
            raise Conflict(f"you have this key already, as '{there}'", field="key", code="key_taken")
        raise Conflict(f"you have {count} keys: revoke one first", field="key", code="too_many_keys")
    made = SshKey(
        user_id=user.id, name=name, type=key.kind, blob=key.base64, fingerprint=key.fingerprint, bits=key.bits
    )
    session.add(made)
    record(session, user, "key.added", user.name, {"fingerprint": key.fingerprint})
    tell_build_node(session, user)
    session.commit()
    return made


def list_keys(session: Session, user: User) -> list[SshKey]:
    """Return a user's keys, oldest first."""
    return list(session.scalars(select(SshKey).where(SshKey.user_id == user.id).order_by(SshKey.id)))


def revoke_key(session: Session, user: User, wanted: str) -> None:
    """Take a key away: it lets nobody in any more.

    Raises:
        NotFound: there is no such key of this user.
    """
    result = None
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS:
        own = (SshKey.id == int(wanted), SshKey.user_id == user.id)
        result = session.scalar(delete(SshKey).where(*own).returning(SshKey.fingerprint))
        tell_build_node(session, user)
    if result is None:
        session.rollback()
        raise NotFound("there is no such key of yours", field="key_id", code="unknown_key")
    record(session, user, "key.revoked", user.name, {"fingerprint": result})
    session.commit()
