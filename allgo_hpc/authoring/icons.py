"""An app's icon: a small picture of pixels. SVG is not taken: it is a document that can hold scripts."""

import hashlib
from contextlib import suppress
from pathlib import Path

from sqlalchemy.orm import Session

from allgo_hpc.authoring.change import lock_app
from allgo_hpc.authoring.history import note
from allgo_hpc.authoring.image_head import read_head
from allgo_hpc.durable import write_durably
from allgo_hpc.errors import BadInput, NotFound, TooLarge
from allgo_hpc.layout import Layout
from allgo_hpc.models import App, User
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors

LEAST_PIXELS, MOST_PIXELS = 16, 1024
_FIELD = "icon"


def set_icon(session: Session, services: Services, user: User | None, app: App, data: bytes) -> None:
    """Give an app an icon.

    Raises:
        TooLarge: more bytes than the setting ``icon_max_bytes``.
        BadInput: no PNG, JPEG or WebP, or one of more or fewer pixels than an icon has.
        StorageFull, StorageAway: it could not be kept; the earlier one stays.
    """
    media_type = check_icon(data, most_bytes=services.settings.icon_max_bytes)
    sha256 = hashlib.sha256(data).hexdigest()
    lock_app(session, app)
    try:
        with storage_errors():
            path = services.layout.icon(app.id, sha256)
            path.parent.mkdir(mode=0o750, exist_ok=True)
            write_durably(path, data)
    except BaseException:
        session.rollback()
        raise
    _store(session, services.layout, user, app, (media_type, sha256))


def remove_icon(session: Session, services: Services, user: User | None, app: App) -> None:
    """Take an app's icon away; that it has none is no error."""
    lock_app(session, app)
    _store(session, services.layout, user, app, (None, None))


def find_icon(layout: Layout, app: App) -> Path:
    """Return the file of an app's icon.

    Raises:
        NotFound: it has none.
    """
    if app.icon_sha256 is None:
        raise NotFound(f"the app '{app.name}' has no icon", field="app_name", code="no_icon")
    return layout.icon(app.id, app.icon_sha256)


def check_icon(data: bytes, *, most_bytes: int) -> str:
    """Return the media type of an icon; pure.

    Raises:
        TooLarge: too many bytes.
        BadInput: not one of the kinds, or too many or too few pixels.
    """
    if len(data) > most_bytes:
        raise TooLarge(f"the icon has {len(data)} bytes; the limit is {most_bytes}", field=_FIELD)
    picture = read_head(data)
    if picture is None:
        raise BadInput("the icon must be a PNG, JPEG or WebP file", field=_FIELD)
    if not all(LEAST_PIXELS <= side <= MOST_PIXELS for side in (picture.width, picture.height)):
        raise BadInput(
            f"the icon is {picture.width} x {picture.height} pixels; each side may have {LEAST_PIXELS} to "
            f"{MOST_PIXELS}",
            field=_FIELD,
        )
    return picture.media_type


def _store(
    session: Session, layout: Layout, user: User | None, app: App, icon: tuple[str, str] | tuple[None, None]
) -> None:
    old = app.icon_sha256
    if old != icon[1]:
        app.icon_type, app.icon_sha256 = icon
        note(session, app, user, "icon", old=old, new=icon[1])
    session.commit()
    # Named by its content: whoever reads the row before this commit finds the earlier one, or is told that it is gone.
    for path in layout.icon(app.id, "").parent.glob("*") if layout.icons.is_dir() else ():
        if path.stem != app.icon_sha256:
            with suppress(OSError):
                path.unlink()
