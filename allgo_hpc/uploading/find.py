"""One's own uploads that no job has taken."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict
from allgo_hpc.models import Upload, User
from allgo_hpc.services import Services
from allgo_hpc.uploading.place import Place, gone


def find_upload(session: Session, user: User, key: str) -> Upload:
    """Return one of the user's own uploads that no job has taken.

    Raises:
        NotFound: there is none, it is another user's, or its time was over.
        Conflict: a job has it.
    """
    upload = session.scalar(select(Upload).where(Upload.key == key)) if is_key(key) else None
    if upload is None or upload.user_id != user.id:
        raise gone()
    if upload.job_id is not None:
        raise taken(upload)
    return upload


def refresh(session: Session, upload: Upload) -> None:
    """Read an upload's record again, and end the reading.

    Raises:
        NotFound: it was removed.
    """
    try:
        session.refresh(upload)
    except InvalidRequestError as error:
        raise gone() from error
    session.commit()


def is_key(text: str) -> bool:
    """Return True for what the portal may have made: a UUID as it writes them."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def taken(upload: Upload) -> Conflict:
    """Return what is said of an upload that is no more to be had."""
    whose = f"job {upload.job_id}" if upload.job_id is not None else "another job"
    return Conflict(
        f"the upload of '{upload.name}' was taken by {whose}: send the file again, or run that job again",
        field="upload", code="upload_taken",
    )  # fmt: skip


def list_uploads(
    session: Session, user: User, *, most: int, before: int | None = None, wanted: Mapping[str, Any] | None = None
) -> Sequence[Upload]:
    """Return a user's uploads that no job has taken, newest first.

    Args:
        session: of the caller.
        user: whose.
        most: so many.
        before: those made before the one of that number.
        wanted: ``name``, ``size``, ``sha256``: those that have it; ``finished``: those that are whole, or are not.
    """
    asked = select(Upload).where(Upload.user_id == user.id, Upload.job_id.is_(None))
    if before is not None:
        asked = asked.where(Upload.id < before)
    for what, value in (wanted or {}).items():
        if what == "finished":
            asked = asked.where(Upload.finished_at.is_not(None) if value else Upload.finished_at.is_(None))
        else:
            asked = asked.where(getattr(Upload, what) == value)
    return session.scalars(asked.order_by(Upload.id.desc()).limit(most)).all()


def remove_upload(session: Session, services: Services, upload: Upload) -> None:
    """Remove an upload that no job has taken: first its record, then its data."""
    session.delete(upload)
    session.commit()
    Place(services.layout, upload.key).remove()


def offset_of(services: Services, upload: Upload) -> int:
    """Return how many bytes of it are here."""
    if upload.finished_at is not None and upload.size is not None:
        return upload.size  # a job may be taking it this moment
    return Place(services.layout, upload.key).offset()


def expires_at(services: Services, upload: Upload) -> datetime:
    """Return when it is removed if nobody goes on with it."""
    written = datetime.fromtimestamp(Place(services.layout, upload.key).touched_s(), UTC)
    return max(upload.touched_at, written) + timedelta(hours=services.settings.staging_hours)
