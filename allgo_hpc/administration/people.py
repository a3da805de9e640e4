"""The list of users, for administrators: searched, filtered, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from allgo_hpc.accounts import ROLES
from allgo_hpc.errors import BadInput
from allgo_hpc.models import Job, Token, User

PAGE = 50
STANDINGS = ("open", "closed", "unconfirmed")


@dataclass(frozen=True, kw_only=True)
class People:
    """Which users are wanted; empty takes all.

    Attributes:
        text: part of a name or an address.
        role: one of ``ROLES``.
        standing: one of ``STANDINGS``.
        after: the name above which the page begins.
        limit: at most so many.
    """

    text: str = ""
    role: str = ""
    standing: str = ""
    after: str = ""
    limit: int = PAGE


@dataclass(frozen=True)
class Person:
    """A user in the list: when they last did something here, and what their files take."""

    user: User
    seen_at: datetime | None
    stored_bytes: int
    jobs: int


def list_people(session: Session, wanted: People) -> tuple[list[Person], str]:
    """Return a page of users by name, and the name to go on after; empty at the end.

    Raises:
        BadInput: no such role or standing.
    """
    if wanted.role and wanted.role not in ROLES:
        raise BadInput(f"role: one of {', '.join(ROLES)}", field="role")
    if wanted.standing and wanted.standing not in STANDINGS:
        raise BadInput(f"standing: one of {', '.join(STANDINGS)}", field="standing")
    if "\0" in wanted.text or "\0" in wanted.after:
        return [], ""  # PostgreSQL takes no NUL in a text
    statement = select(User).order_by(User.name).limit(wanted.limit + 1)
    if wanted.text:
        like = (column.icontains(wanted.text, autoescape=True) for column in (User.name, User.email))
        statement = statement.where(or_(*like))
    if wanted.role:
        statement = statement.where(User.role == wanted.role)
    if wanted.standing == "unconfirmed":
        statement = statement.where(User.confirmed_at.is_(None))
    elif wanted.standing:
        statement = statement.where(User.active if wanted.standing == "open" else ~User.active)
    if wanted.after:
        statement = statement.where(User.name > wanted.after)
    found = session.scalars(statement).all()
    users = found[: wanted.limit]
    return persons(session, users), users[-1].name if len(found) > wanted.limit else ""


def persons(session: Session, users: Sequence[User]) -> list[Person]:
    """Return these users with what the list says of each; two questions for all of them."""
    numbers = [user.id for user in users]
    last = select(Token.user_id, func.max(Token.last_used_at)).where(Token.user_id.in_(numbers))
    used = {user_id: at for user_id, at in session.execute(last.group_by(Token.user_id))}  # noqa: C416  # rows
    stored = {
        user_id: (int(size or 0), count)
        for user_id, size, count in session.execute(
            select(Job.user_id, func.sum(Job.stored_bytes), func.count())
            .where(Job.user_id.in_(numbers), Job.deleted_at.is_(None), Job.tasks == 0)
            .group_by(Job.user_id)
        )
    }
    return [
        Person(
            user,
            max((at for at in (user.signed_in_at, used.get(user.id)) if at is not None), default=None),
            *stored.get(user.id, (0, 0)),
        )
        for user in users
    ]


def most_stored(session: Session, most: int = 10) -> list[tuple[str, int]]:
    """Return who stores most: name and bytes."""
    rows = session.execute(
        select(User.name, func.sum(Job.stored_bytes).label("size"))
        .join(Job, Job.user_id == User.id)
        .where(Job.deleted_at.is_(None), Job.tasks == 0)
        .group_by(User.name)
        .having(func.sum(Job.stored_bytes) > 0)
        .order_by(func.sum(Job.stored_bytes).desc(), User.name)
        .limit(most)
    )
    return [(name, int(size)) for name, size in rows]
