"""Finding the app and version that a job asks for."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import BadInput, NotFound
from allgo_hpc.models import App, User, Version
from allgo_hpc.near import did_you_mean
from allgo_hpc.sharing.rule import is_shared_with, runnable_by

_ID_DIGITS = 9
_BY_NAME = select(App).where(App.name == bindparam("name"))
_DEFAULT = (
    select(Version)
    .where(Version.app_id == bindparam("app"), Version.ready, Version.published, Version.deleted_at.is_(None))
    .order_by((Version.number == bindparam("chosen")).desc(), Version.number.desc())
    .limit(1)
)


def visible_apps(session: Session, user: User | None) -> list[App]:
    """Return the apps that a user (or, for None, anybody) may run and that have a version."""
    statement = select(App).where(has_version(), runnable_by(user)).order_by(App.name)
    return list(session.scalars(statement.options(joinedload(App.owner))))


def has_version() -> ColumnElement[bool]:
    """Return the condition on ``App`` that there is a version of it that everybody who may run it can."""
    return App.versions.any(Version.published & Version.ready & Version.deleted_at.is_(None))


def own_apps(session: Session, user: User) -> list[App]:
    """Return the apps that a user made, with a version or not."""
    return list(session.scalars(select(App).where(App.owner_id == user.id).order_by(App.name)))


def may_run(session: Session, app: App, user: User | None) -> bool:
    """True when this user (or, for None, anybody) may run this app."""
    return app.public or owns(app, user) or (user is not None and is_shared_with(session, app, user))


def owns(app: App, user: User | None) -> bool:
    """True for the app's author and for administrators."""
    return user is not None and (app.owner_id == user.id or user.role == "admin")


def app_named(session: Session, name: str) -> App:
    """Return an app, public or not, for an administrator at the command line.

    Raises:
        NotFound: there is none of that name; names the near miss.
    """
    app = session.scalar(select(App).where(App.name == name))
    if app is None:
        known = session.scalars(select(App.name)).all()
        raise NotFound(f"there is no app '{name}'{did_you_mean(name, known)}", field="app", code="unknown_app")
    return app


def find_own_app(session: Session, user: User, wanted: str, *, field: str) -> App:
    """Return an app of the user's own, by its short name or its number.

    Raises:
        NotFound: no such app, or it is another author's.
    """
    app = find_app(session, user, wanted, field=field)
    if not owns(app, user):
        raise NotFound(f"{field}: there is no such app of yours", field=field, code="unknown_app")
    return app


def find_app(session: Session, user: User | None, wanted: str, *, field: str) -> App:
    """Return the app by its short name or its number; for no user, a public one.

    Raises:
        NotFound: no such app, or none that this user may know of; names the near miss.
    """
    by_number = wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS
    if by_number:
        app = session.get(App, int(wanted))
    else:  # PostgreSQL takes no NUL in a text; no name has one
        app = session.scalar(_BY_NAME, {"name": wanted}) if "\0" not in wanted else None
    if app is None or not may_run(session, app, user):
        known = session.scalars(select(App.name).where(has_version(), runnable_by(user))).all()
        shown = wanted if len(wanted) <= 64 and wanted.isprintable() else "(what was sent)"  # noqa: PLR2004
        raise NotFound(
            f"{field}: there is no app '{shown}'{did_you_mean(wanted[:64], known)}", field=field, code="unknown_app"
        )
    return app


def find_version(
    session: Session, user: User, app: App, wanted: str | None, *, field: str, untested: bool = False
) -> Version:
    """Return the version by its number, or the default one; the owner may use unpublished ones by number.

    ``untested`` also finds one that is not ready: for its test.

    Raises:
        NotFound: the app has no version yet.
        BadInput: no such version, or it was deleted.
    """
    if untested and wanted is not None:
        statement = select(Version).where(Version.app_id == app.id, Version.number == int(wanted), ~Version.ready)
        return session.scalars(statement).one()
    if not wanted:
        default = find_default(session, app)
        if default is None:
            raise NotFound(f"the app '{app.name}' has no published version yet", field=field, code="no_version")
        return default
    versions = list_versions(session, app)
    owner = owns(app, user)
    published = [version for version in versions if version.published]
    for version in versions if owner else published:
        if str(version.number) == wanted:
            return version
    shown = wanted[:32] if wanted.isprintable() else "(what was sent)"
    numbers = ", ".join(str(version.number) for version in published) or "none"
    raise BadInput(
        f"{field}: the app '{app.name}' has no version '{shown}'; published: {numbers}",
        field=field,
        code="unknown_version",
    )


def list_versions(session: Session, app: App, *, deleted: bool = False) -> list[Version]:
    """Return an app's versions, newest first; those that were deleted only where they are asked for."""
    statement = select(Version).where(Version.app_id == app.id, Version.ready).order_by(Version.number.desc())
    return list(session.scalars(statement if deleted else statement.where(Version.deleted_at.is_(None))))


def find_default(session: Session, app: App) -> Version | None:
    """Return what ``default_of`` chooses, by one row of the database, however many versions there are."""
    return session.scalars(_DEFAULT, {"app": app.id, "chosen": app.default_version or 0}).first()


def default_of(app: App, versions: Sequence[Version]) -> Version | None:
    """Return the version that runs where none is named: the one the author chose, else the newest published; pure."""
    published = [version for version in versions if version.published and version.deleted_at is None]
    chosen = [version for version in published if version.number == app.default_version]
    return max(chosen or published, key=lambda version: version.number, default=None)
