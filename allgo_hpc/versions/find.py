"""Finding one version of an app, for whoever asks."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.apps import owns
from allgo_hpc.errors import NotFound
from allgo_hpc.models import App, User, Version

_DIGITS = 9  # what PostgreSQL's integer takes


def see_version(session: Session, user: User | None, app: App, wanted: str, *, field: str = "number") -> Version:
    """Return a version by its number; whoever does not own the app sees published ones only.

    Raises:
        NotFound: there is none, or it is not theirs to know of.
    """
    version = by_number(session, app, wanted)
    hidden = version is not None and (not version.published or version.deleted_at is not None)
    if version is None or (hidden and not owns(app, user)):
        shown = wanted[:32] if wanted.isprintable() else "(what was sent)"
        raise NotFound(f"the app '{app.name}' has no version '{shown}'", field=field, code="unknown_version")
    return version


def by_number(session: Session, app: App, wanted: str) -> Version | None:
    """Return the version that has this number, deleted or not; none that is still to be tested."""
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= _DIGITS):
        return None
    return session.scalar(select(Version).where(Version.app_id == app.id, Version.number == int(wanted), Version.ready))
