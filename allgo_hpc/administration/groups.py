"""What an administrator changes of groups; each act is noted in the audit log."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from allgo_hpc.administration.actor import Actor
from allgo_hpc.errors import Refusal
from allgo_hpc.models import Group, User
from allgo_hpc.sharing import groups


def create_group(session: Session, by: Actor, name: str) -> Group:
    """Make a group; see ``allgo_hpc.sharing.groups``, as for all of these."""
    return _noted(session, by, "group.made", name, {}, lambda: groups.create_group(session, name))


def rename_group(session: Session, by: Actor, group: Group, name: str) -> None:
    """Give a group another name."""
    old = group.name
    _noted(session, by, "group.renamed", name, {"old": old}, lambda: groups.rename_group(session, group, name))


def delete_group(session: Session, by: Actor, group: Group) -> int:
    """Delete a group; returns how many apps were shared with it."""
    return _noted(session, by, "group.deleted", group.name, {}, lambda: groups.delete_group(session, by.user, group))


def add_member(session: Session, by: Actor, group: Group, person: str) -> User:
    """Put a user into a group."""
    told = {"user": person.strip()[:254]}
    return _noted(
        session, by, "group.member_added", group.name, told, lambda: groups.add_member(session, group, person)
    )


def remove_member(session: Session, by: Actor, group: Group, name: str) -> None:
    """Take a user out of a group."""
    told = {"user": name[:64]}
    _noted(session, by, "group.member_removed", group.name, told, lambda: groups.remove_member(session, group, name))


def _noted[T](  # noqa: PLR0917  # as the log has it, and the act
    session: Session, by: Actor, what: str, about: str, detail: dict[str, str], act: Callable[[], T]
) -> T:
    """Do something that commits, with a note of it in the same transaction; what is refused is not noted."""
    with session.no_autoflush:
        by.note(session, what, about, detail)
        try:
            return act()
        except Refusal:
            session.rollback()
            raise
