"""What becomes of a version: published or not, the default, its changelog, deleted and restored.

Each of these looks and writes while it holds the app's row, so that two at once come one after the other.
"""

from typing import Any

from sqlalchemy.orm import Session

from allgo_hpc.authoring.change import lock_app
from allgo_hpc.authoring.history import note
from allgo_hpc.authoring.properties import check_long_text
from allgo_hpc.errors import Conflict, Gone, StorageAway
from allgo_hpc.models import App, User, Version, utc_now
from allgo_hpc.services import Services

LONGEST_CHANGELOG = 100_000
_FIELD = "version"


def change_version(
    session: Session,
    user: User | None,
    version: Version,
    *,
    published: bool | None = None,
    default: bool | None = None,
    changelog: str | None = None,
) -> None:
    """Change what is given.

    Args:
        session: of the caller.
        user: who changes it, and may; None for an administrator at the command line.
        version: of which app's.
        published: whether users may run it.
        default: whether it runs where no version is named; False gives that back to the newest published one.
        changelog: what is new in it.

    Raises:
        BadInput: the changelog may not be.
        Conflict: the version was deleted; the default is to be published no more; what is not published is to be the
            default.
    """
    if changelog is not None:
        check_long_text("changelog", changelog, LONGEST_CHANGELOG)
    app = _lock(session, version)
    if version.deleted_at is not None:
        raise _refused(session, f"version {version.number} was deleted: restore it first", "version_deleted")
    is_default = app.default_version == version.number if default is None else default
    is_published = version.published if published is None else published
    if is_default and not is_published:
        what = "is the default: make another one the default first" if default is None else "is not published"
        raise _refused(
            session, f"version {version.number} {what}", "version_is_default" if default is None else "not_published"
        )
    _set(session, user, app, version, "published", is_published)
    if changelog is not None:
        _set(session, user, app, version, "changelog", changelog)
    if default is not None and default != (app.default_version == version.number):
        old, app.default_version = app.default_version, version.number if default else None
        note(session, app, user, "default_version", old=old, new=app.default_version)
    session.commit()


def delete_version(session: Session, user: User | None, version: Version) -> None:
    """Delete a version: nobody can run it any more. It can be restored while ``version_keep_days`` have not passed.

    Its image stays where it is: jobs that were accepted with it run. That it was deleted before is no error.

    Raises:
        Conflict: the author made it the default.
    """
    app = _lock(session, version)
    if app.default_version == version.number:
        raise _refused(
            session,
            f"version {version.number} is the default: make another one the default first",
            "version_is_default",
        )
    if version.deleted_at is None:
        version.deleted_at = utc_now()
        note(session, app, user, f"version {version.number}: deleted", old=False, new=True)
    session.commit()


def restore_version(session: Session, services: Services, user: User | None, version: Version) -> None:
    """Take a deletion back; it is published or not as it was. That it was not deleted is no error.

    Raises:
        Gone: its image was removed.
        StorageAway: whether it was cannot be told now.
    """
    app = _lock(session, version)
    image = services.layout.image(app.name, version.sha256)
    if version.purged_at is not None or (version.deleted_at is not None and not image.is_file()):
        session.rollback()
        if version.purged_at is None and not services.layout.images.is_dir():
            raise StorageAway("the portal's storage cannot be reached now: try again", field=_FIELD)
        raise Gone(f"the image of version {version.number} was removed", field=_FIELD, code="version_gone")
    if version.deleted_at is not None:
        version.deleted_at = None
        note(session, app, user, f"version {version.number}: deleted", old=True, new=False)
    session.commit()


def _lock(session: Session, version: Version) -> App:
    lock_app(session, version.app)
    session.refresh(version)
    return version.app


def _refused(session: Session, sentence: str, code: str) -> Conflict:
    session.rollback()
    return Conflict(sentence, field=_FIELD, code=code)


def _set(session: Session, user: User | None, app: App, version: Version, name: str, new: Any) -> None:  # noqa: ANN401, PLR0917
    old = getattr(version, name)
    if old != new:
        setattr(version, name, new)
        note(session, app, user, f"version {version.number}: {name}", old=old, new=new)
