"""Groups of users, with whom authors share apps: administrators make them and say who is in them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.authoring.history import note
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import App, AppShare, Group, GroupMember, User
from allgo_hpc.near import did_you_mean
from allgo_hpc.sharing.people import find_person

PATTERN = r"[a-z][a-z0-9._-]{0,63}"
_NAME = re.compile(PATTERN)


@dataclass(frozen=True)
class GroupEntry:
    """A group as lists have it: with how many users, and how many apps are shared with it."""

    group: Group
    members: int
    apps: int


def create_group(session: Session, name: str) -> Group:
    """Make a group; nobody is in it yet.

    Raises:
        BadInput: a name that may not be.
        Conflict: it is taken.
    """
    group = Group(name=_checked(name))
    session.add(group)
    _store(session, name)
    return group


def rename_group(session: Session, group: Group, name: str) -> None:
    """Give a group another name; who is in it and what is shared with it stays.

    Raises:
        BadInput: a name that may not be.
        Conflict: it is taken.
    """
    group.name = _checked(name)
    _store(session, name)


def delete_group(session: Session, actor: User | None, group: Group) -> int:
    """Delete a group: what was shared with it is its members' no more; returns how many apps that were.

    Args:
        session: of the caller.
        actor: the administrator; None: at the command line.
        group: to go.
    """
    shared = session.scalars(
        select(App).join(AppShare, AppShare.app_id == App.id).where(AppShare.group_id == group.id)
    ).all()
    for app in shared:
        note(session, app, actor, "shared with", old=f"group {group.name}", new=None)
    for table in (AppShare, GroupMember):
        session.execute(delete(table).where(table.group_id == group.id))
    session.delete(group)
    session.commit()
    return len(shared)


def add_member(session: Session, group: Group, person: str) -> User:
    """Put a user, by name or address, into a group; returns them.

    Raises:
        NotFound: there is no such user.
        BadInput: their account is closed.
        Conflict: they are in it already.
    """
    user = find_person(session, person)
    session.add(GroupMember(group_id=group.id, user_id=user.id))
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        if session.get(Group, group.id) is None:
            raise _unknown(session, group.name) from error
        raise Conflict(f"'{user.name}' is in the group '{group.name}' already", field="user") from error
    return user


def remove_member(session: Session, group: Group, name: str) -> None:
    """Take a user out of a group: what is shared with it is theirs no more, at once.

    Raises:
        NotFound: there is no such user in it.
    """
    user = session.scalar(select(User).where(User.name == name)) if "\0" not in name else None
    member = session.get(GroupMember, (group.id, user.id)) if user is not None else None
    if member is None:
        shown = name[:32] if name.isprintable() else "(what was sent)"
        raise NotFound(f"there is no '{shown}' in the group '{group.name}'", field="user")
    session.delete(member)
    session.commit()


def list_groups(session: Session) -> list[GroupEntry]:
    """Return all groups by name, with how many are in them."""
    members = select(func.count()).where(GroupMember.group_id == Group.id).correlate(Group).scalar_subquery()
    apps = select(func.count()).where(AppShare.group_id == Group.id).correlate(Group).scalar_subquery()
    return [GroupEntry(*row) for row in session.execute(select(Group, members, apps).order_by(Group.name)).all()]


def members_of(session: Session, group: Group) -> Sequence[User]:
    """Return who is in a group, by name."""
    return session.scalars(
        select(User)
        .join(GroupMember, GroupMember.user_id == User.id)
        .where(GroupMember.group_id == group.id)
        .order_by(User.name)
    ).all()


def groups_of(session: Session, user: User) -> Sequence[Group]:
    """Return the groups that a user is in, by name."""
    return session.scalars(
        select(Group)
        .join(GroupMember, GroupMember.group_id == Group.id)
        .where(GroupMember.user_id == user.id)
        .order_by(Group.name)
    ).all()


def find_group(session: Session, name: str, *, field: str = "group") -> Group:
    """Return the group of that name.

    Raises:
        NotFound: there is none; names the near miss.
    """
    group = session.scalar(select(Group).where(Group.name == name)) if _NAME.fullmatch(name) else None
    if group is None:
        raise _unknown(session, name, field)
    return group


def _unknown(session: Session, name: str, field: str = "group") -> NotFound:
    shown = name[:64] if name.isprintable() else "(what was sent)"
    known = session.scalars(select(Group.name)).all()
    return NotFound(f"there is no group '{shown}'{did_you_mean(shown, known)}", field=field, code="unknown_group")


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise BadInput("name: 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter", field="name")
    return name


def _store(session: Session, name: str) -> None:
    try:
        session.commit()
    except IntegrityError as error:
        session.rollback()
        raise Conflict(f"there is a group '{name}' already", field="name", code="name_taken") from error
