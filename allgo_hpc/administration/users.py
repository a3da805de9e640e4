"""What an administrator changes of somebody's account; each act is noted in the audit log."""

import re
from secrets import token_hex

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from allgo_hpc.accounts import ROLES
from allgo_hpc.administration.actor import Actor
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.models import Token, User, utc_now

_ACCOUNT = re.compile(r"[A-Za-z_][A-Za-z0-9_.@-]{0,63}")


def change_role(session: Session, by: Actor, user: User, role: str) -> None:
    """Give a user another role; that it is theirs already is no error.

    Raises:
        BadInput: there is no such role.
        Conflict: nobody would be left to administer the portal.
    """
    if role not in ROLES:
        raise BadInput(f"role: one of {', '.join(ROLES)}", field="role")
    _lock_admins(session, user)
    old = user.role
    if old == role:
        session.commit()
        return
    user.role = role
    if old == "admin":
        _keep_an_admin(session, user)
    by.note(session, "user.role", user.name, {"old": old, "new": role})
    session.commit()


def suspend_account(session: Session, by: Actor, user: User) -> None:
    """Let nobody in by an account until it is reopened; its jobs go on and its files stay.

    Raises:
        Conflict: nobody would be left to administer the portal.
    """
    _lock_admins(session, user)
    if not user.active:
        session.commit()
        return
    user.active = False
    user.session_key = token_hex(16)
    if user.role == "admin":
        _keep_an_admin(session, user)
    by.note(session, "account.suspended", user.name)
    session.commit()


def reopen_account(session: Session, by: Actor, user: User) -> None:
    """Let a suspended account in again."""
    if user.active:
        return
    user.active = True
    by.note(session, "account.reopened", user.name)
    session.commit()


def confirm_address(session: Session, by: Actor, user: User) -> None:
    """Vouch for a user's address, so that they can sign in without the mail's link."""
    if user.confirmed_at is not None:
        return
    user.confirmed_at = utc_now()
    by.note(session, "account.confirmed", user.name, {"email": user.email})
    session.commit()


def set_cluster_account(session: Session, by: Actor, user: User, account: str) -> None:
    """Say which account on the cluster is this user's; empty: none.

    Raises:
        BadInput: no account can be named so, or it is the superuser's.
    """
    wanted = account.strip()
    if wanted and (not _ACCOUNT.fullmatch(wanted) or wanted == "root"):
        raise BadInput(
            "cluster_account: the name of an account on the cluster, such as ada; not root", field="cluster_account"
        )
    old, new = user.cluster_account, wanted or None
    if old == new:
        return
    user.cluster_account = new
    by.note(session, "account.cluster", user.name, {"old": old, "new": new})
    session.commit()


def revoke_all_tokens(session: Session, by: Actor, user: User) -> int:
    """Revoke all tokens of a user; returns how many there were."""
    gone = session.scalars(delete(Token).where(Token.user_id == user.id).returning(Token.id)).all()
    if gone:
        by.note(session, "token.revoked", user.name, {"count": len(gone)})
    session.commit()
    return len(gone)


def note_reset_link(session: Session, by: Actor, user: User) -> None:
    """Note that a link for a new password was sent to a user."""
    by.note(session, "account.reset_link", user.name)
    session.commit()


def _lock_admins(session: Session, user: User) -> None:
    """Let acts that could remove the last administrator come one after the other: two at once must not remove two."""
    session.commit()
    session.execute(
        update(User).where(User.role == "admin").values(role=User.role),
        execution_options={"synchronize_session": False},
    )
    session.refresh(user)


def _keep_an_admin(session: Session, changed: User) -> None:
    session.flush()
    left = session.scalar(select(func.count()).where(User.role == "admin", User.active))
    if not left:
        name = changed.name
        session.rollback()
        raise Conflict(f"{name} is the last administrator: make somebody else one first", code="last_admin")
