"""The audit log, read: filtered, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.models import Audit, User

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What of the log is wanted; empty takes all.

    Attributes:
        user: name of who did it; ``-`` for the command line and the portal itself.
        what: the word of the act, or the part before its dot.
        about: part of the name of whom or what it was done to.
        after: inclusive.
        before: exclusive.
        before_id: the number below which the page begins.
    """

    user: str = ""
    what: str = ""
    about: str = ""
    after: datetime | None = None
    before: datetime | None = None
    before_id: int | None = None


def read_log(session: Session, wanted: Wanted) -> tuple[Sequence[Audit], int | None]:
    """Return a page of the log, and the number to go on below; None at the end."""
    if any("\0" in text for text in (wanted.user, wanted.what, wanted.about)):
        return [], None
    statement = select(Audit).options(joinedload(Audit.user)).order_by(Audit.id.desc()).limit(PAGE + 1)
    if wanted.user == "-":
        statement = statement.where(Audit.user_id.is_(None))
    elif wanted.user:
        statement = statement.where(Audit.user_id == select(User.id).where(User.name == wanted.user).scalar_subquery())
    if wanted.what:
        statement = statement.where(
            Audit.what == wanted.what
            if "." in wanted.what
            else Audit.what.startswith(f"{wanted.what}.", autoescape=True)
        )
    if wanted.about:
        statement = statement.where(Audit.about.icontains(wanted.about, autoescape=True))
    if wanted.after is not None:
        statement = statement.where(Audit.at >= wanted.after)
    if wanted.before is not None:
        statement = statement.where(Audit.at < wanted.before)
    if wanted.before_id is not None:
        statement = statement.where(Audit.id < wanted.before_id)
    found = session.scalars(statement).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def kinds_of_acts(session: Session) -> list[str]:
    """Return the words of all acts that were ever noted."""
    return list(session.scalars(select(Audit.what).distinct().order_by(Audit.what)))
