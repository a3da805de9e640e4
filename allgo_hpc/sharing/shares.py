"""Sharing a private app with a user or a group, and taking that back; noted in the app's history."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.authoring.change import lock_app
from allgo_hpc.authoring.history import note
from allgo_hpc.errors import BadInput, Conflict, NotFound
from allgo_hpc.models import App, AppShare, Group, User
from allgo_hpc.sharing.groups import find_group
from allgo_hpc.sharing.people import find_person

_ID_DIGITS = 9  # what PostgreSQL's integer takes
WHAT = "shared with"
"""The word in the history."""


def share_app(session: Session, actor: User | None, app: App, *, user: str = "", group: str = "") -> AppShare:
    """Let a user, or all of a group, run an app as long as the share stands.

    A public app may be shared too: that counts from when it is private.

    Args:
        session: of the caller.
        actor: the app's owner or an administrator, who may; None: an administrator at the command line.
        app: which.
        user: name or address of a user; or
        group: name of a group.

    Raises:
        BadInput: neither or both are given; a closed account, or the app's own author.
        NotFound: there is no such user or group.
        Conflict: it is shared with them already.
    """
    user, group = user.strip(), group.strip()
    if bool(user) == bool(group):
        raise BadInput("give the name of a user or that of a group, one of them", field="user")
    whom = find_person(session, user) if user else find_group(session, group)
    field = "user" if user else "group"
    if isinstance(whom, User) and whom.id == app.owner_id:
        raise BadInput(f"the app is '{whom.name}''s own: they run it anyway", field=field)
    words = _words(whom)
    lock_app(session, app)
    share = AppShare(
        app_id=app.id,
        user_id=whom.id if isinstance(whom, User) else None,
        group_id=whom.id if isinstance(whom, Group) else None,
    )
    session.add(share)
    try:
        note(session, app, actor, WHAT, old=None, new=words)
        session.commit()
    except IntegrityError as error:
        session.rollback()
        if isinstance(whom, Group) and session.scalar(select(Group.id).where(Group.id == whom.id)) is None:
            raise NotFound(f"there is no {words} any more", field=field, code="unknown_group") from error
        raise Conflict(f"'{app.name}' is shared with {words} already", field=field, code="already_shared") from error
    return share


def unshare_app(session: Session, actor: User | None, app: App, share: AppShare) -> None:
    """Take a share back: from now on it lets nobody run the app. Jobs that were accepted run and keep their results.

    That it was taken back this very moment is no error.
    """
    words = words_of(share)
    lock_app(session, app)
    found = session.scalar(select(AppShare).where(AppShare.id == share.id))
    if found is not None:
        session.delete(found)
        note(session, app, actor, WHAT, old=words, new=None)
    session.commit()


def list_shares(session: Session, app: App) -> list[AppShare]:
    """Return with whom an app is shared: groups first, each by name."""
    shares = session.scalars(
        select(AppShare).where(AppShare.app_id == app.id).options(joinedload(AppShare.user), joinedload(AppShare.group))
    ).all()
    return sorted(shares, key=lambda one: (one.group is None, words_of(one)))


def find_share(session: Session, app: App, wanted: str, *, field: str = "share_id") -> AppShare:
    """Return a share of an app by its number.

    Raises:
        NotFound: the app has none of that number.
    """
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS else None
    share = session.scalar(select(AppShare).where(AppShare.id == number, AppShare.app_id == app.id))
    if share is None:
        raise NotFound(f"'{app.name}' is not shared so (any more)", field=field, code="unknown_share")
    return share


def share_with(session: Session, app: App, *, user: str = "", group: str = "") -> AppShare:
    """Return the share of an app with a user or a group of that name.

    Raises:
        NotFound: it is not shared with them.
    """
    for share in list_shares(session, app):
        if (share.user.name if share.user else "") == user and (share.group.name if share.group else "") == group:
            return share
    words = f"group {group}" if group else f"user {user}"
    raise NotFound(f"'{app.name}' is not shared with {words}", field="group" if group else "user", code="unknown_share")


def words_of(share: AppShare) -> str:
    """Return with whom, in words: ``user ada``, ``group imaging``."""
    whom = share.user or share.group
    return _words(whom) if whom is not None else ""


def _words(whom: User | Group) -> str:
    return f"{'user' if isinstance(whom, User) else 'group'} {whom.name}"
