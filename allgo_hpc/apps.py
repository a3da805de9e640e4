"""Finding the app and version that a job asks for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, NotFound
from allgo_hpc.models import App, User, Version
from allgo_hpc.near import did_you_mean

_ID_DIGITS = 9


def visible_apps(session: Session, user: User | None) -> list[App]:
    """Return the apps that a user (or, for None, anybody) may run and that have a version."""
    statement = select(App).where(App.versions.any(Version.published)).order_by(App.name)
    apps = session.scalars(statement).all()
    return [app for app in apps if may_run(app, user)]


def may_run(app: App, user: User | None) -> bool:
    """True when this user may run this app."""
    return app.public or owns(app, user)


def owns(app: App, user: User | None) -> bool:
    """True for the app's author and for administrators."""
    return user is not None and (app.owner_id == user.id or user.role == "admin")


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
    condition = App.id == int(wanted) if by_number else App.name == wanted
    # PostgreSQL takes no NUL in a text; no name has one.
    app = session.scalar(select(App).where(condition)) if "\0" not in wanted else None
    if app is None or not may_run(app, user):
        known = [each.name for each in visible_apps(session, user)]
        shown = wanted if len(wanted) <= 64 and wanted.isprintable() else "(what was sent)"  # noqa: PLR2004
        raise NotFound(
            f"{field}: there is no app '{shown}'{did_you_mean(wanted[:64], known)}", field=field, code="unknown_app"
        )
    return app


def find_version(session: Session, user: User, app: App, wanted: str | None, *, field: str) -> Version:
    """Return the version by its number, or the newest published one; the owner may use unpublished ones by number.

    Raises:
        NotFound: the app has no version yet.
        BadInput: no such version.
    """
    versions = session.scalars(select(Version).where(Version.app_id == app.id).order_by(Version.number.desc())).all()
    owner = owns(app, user)
    published = [version for version in versions if version.published]
    if not wanted:
        if not published:
            raise NotFound(f"the app '{app.name}' has no published version yet", field=field, code="no_version")
        return published[0]
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
