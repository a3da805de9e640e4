"""A new version: its image is moved in place, and its row stored, as one step that nobody else's can cut into."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.authoring.change import lock_app
from allgo_hpc.authoring.history import note
from allgo_hpc.durable import sync_file, sync_folder
from allgo_hpc.errors import StorageAway
from allgo_hpc.models import App, User, Version
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.versions.origins import ORIGINS
from containers import is_signed


@dataclass(frozen=True)
class StoredImage:
    """An image that was verified and hashed: the file, its SHA-256 in hexadecimal, its bytes."""

    path: Path
    sha256: str
    size: int


def store_version(
    session: Session,
    services: Services,
    app: App,
    image: StoredImage,
    *,
    user: User | None,
    origin: str,
    entrypoint: str,
    changelog: str = "",
    packages: Sequence[dict[str, str]] | None = None,
    recipe: str | None = None,
    publish: bool | None = None,
    ready: bool = True,
    commit_id: int | None = None,
) -> Version:
    """Move an image to ``images/<app>/<sha256>.sif`` and store it as the app's next version.

    When this returns, both are durable. Killed in between, the image may lie there without a version: the same image
    again takes its place, and no version ever names one that is not there.

    Args:
        session: of the caller.
        services: of the portal.
        app: whose version.
        image: on the same file system as the data root, so that it can be renamed.
        user: who made it; None for the portal itself.
        origin: what it was made from, of ``ORIGINS``.
        entrypoint: path in the image.
        changelog: what is new in it.
        packages: what is installed in it, each with ``name`` and ``version``.
        recipe: the text that it was built from.
        publish: whether users may run it at once; None: as the app says.
        ready: false for one that is still to be tested: nobody sees it, and only its test runs it.
        commit_id: the commit that made it.

    Raises:
        StorageFull, StorageAway: the image could not be moved; nothing was stored.
    """
    if origin not in ORIGINS:
        raise ValueError(f"no origin {origin!r}")
    lock_app(session, app)
    try:
        with storage_errors():
            _place(services, app, image)
        number = (session.scalar(select(func.max(Version.number)).where(Version.app_id == app.id)) or 0) + 1
        version = Version(
            app_id=app.id,
            number=number,
            sha256=image.sha256,
            size=image.size,
            entrypoint=entrypoint,
            changelog=changelog,
            published=app.auto_publish if publish is None else publish,
            origin=origin,
            packages=list(packages) if packages is not None else None,
            # PostgreSQL takes no NUL in a text.
            recipe=recipe.replace("\0", "\ufffd") if recipe is not None else None,
            signed=is_signed(services.layout.image(app.name, image.sha256)),
            ready=ready,
            commit_id=commit_id,
        )
        session.add(version)
        session.flush()
        note(session, app, user, f"version {number}", old=None, new=origin)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    session.refresh(app)
    return version


def newest_version(session: Session, app: App) -> Version | None:
    """Return the app's newest version that was not deleted."""
    return session.scalar(
        select(Version)
        .where(Version.app_id == app.id, Version.deleted_at.is_(None), Version.ready)
        .order_by(Version.number.desc())
        .limit(1)
    )


def _place(services: Services, app: App, image: StoredImage) -> None:
    target = services.layout.image(app.name, image.sha256)
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    if image.path != target:
        sync_file(image.path)
        image.path.replace(target)
    elif not target.is_file():  # taken to the trash by the housekeeping since it was built: a deleted version's
        raise StorageAway("the image is not there any more: try again", code="storage_away")
    sync_folder(target.parent)
