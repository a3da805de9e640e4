"""The history of an app: who changed what, when, from what to what."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.models import App, AppChange, User


def note(session: Session, app: App, user: User | None, what: str, *, old: Any, new: Any) -> None:  # noqa: ANN401
    """Add an entry; it is stored with the change itself, by the caller's commit.

    Args:
        session: of the caller.
        app: what was changed.
        user: who; None for an administrator at the command line.
        what: the property, or the version and what became of it.
        old: what JSON can tell of it, before.
        new: after.
    """
    session.add(AppChange(app_id=app.id, user_id=user.id if user is not None else None, what=what, old=old, new=new))


def list_changes(
    session: Session, app: App, *, limit: int, before_id: int | None = None
) -> tuple[list[AppChange], int | None]:
    """Return a page of an app's history, newest first, and the number below which the next page begins."""
    statement = (
        select(AppChange)
        .where(AppChange.app_id == app.id)
        .order_by(AppChange.id.desc())
        .limit(limit + 1)
        .options(joinedload(AppChange.user))
    )
    if before_id is not None:
        statement = statement.where(AppChange.id < before_id)
    found = list(session.scalars(statement))
    page = found[:limit]
    return page, page[-1].id if len(found) > limit else None


def who(change: AppChange) -> str:
    """Return the name of whoever made a change."""
    return change.user.name if change.user is not None else "administrator (command line)"
