"""The rule of who may run an app, as SQL: for one app, for lists of them."""

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from allgo_hpc.models import App, AppShare, GroupMember, User


def runnable_by(user: User | None) -> ColumnElement[bool]:
    """Return the condition on ``App`` that a user (or, for None, anybody) may run it."""
    if user is None:
        return App.public.is_(True)
    if user.role == "admin":
        return true()
    return or_(App.public.is_(True), App.owner_id == user.id, shared_with(user))


def shared_with(user: User) -> ColumnElement[bool]:
    """Return the condition on ``App`` that its author shares it with this user, or a group that they are in."""
    groups = select(GroupMember.group_id).where(GroupMember.user_id == user.id)
    named = or_(AppShare.user_id == user.id, AppShare.group_id.in_(groups))
    return exists().where(AppShare.app_id == App.id, named).correlate(App)


def is_shared_with(session: Session, app: App, user: User) -> bool:
    """True when this app is shared with this user, as things stand now."""
    return session.scalar(select(App.id).where(App.id == app.id, shared_with(user))) is not None
