"""The end of an upload: it is what its sender says that it is, or is begun anew."""

import hashlib

from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, ChecksumMismatch, TooLarge
from allgo_hpc.models import Upload, User, utc_now
from allgo_hpc.quotas.check import lock_user
from allgo_hpc.reading.why import size as size_text
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.uploading.place import Place, write_token
from allgo_hpc.uploading.room import check_room


def set_size(session: Session, services: Services, upload: Upload, size: int) -> None:
    """Say how many bytes an upload will have whose length was left open.

    Raises:
        BadInput: another length was said before, or more is here already.
        TooLarge: no job could take it.
    """
    if upload.size == size:
        return
    if upload.size is not None:
        raise BadInput(f"Upload-Length: it was said to be {upload.size} before", field="Upload-Length")
    check_size(services, size)
    if size < Place(services.layout, upload.key).offset():
        raise BadInput("Upload-Length: more is here already", field="Upload-Length")
    session.commit()  # ends the reading, which a lock must not follow
    user = session.get_one(User, upload.user_id)
    session.commit()
    lock_user(session, user)
    check_room(session, services, user, size, but=upload)
    upload.size = size
    session.commit()


def after_piece(session: Session, services: Services, upload: Upload, *, sha256: str | None = None) -> int:
    """Note that a piece came; finish the upload if it was the last; returns how many bytes are here.

    Raises:
        ChecksumMismatch: all is here, and is not what was to be sent; it is empty again.
    """
    offset = Place(services.layout, upload.key).offset()
    upload.touched_at = utc_now()
    session.commit()
    if offset == upload.size and upload.finished_at is None:
        finish(session, services, upload, sha256=sha256)
    return offset


def finish(session: Session, services: Services, upload: Upload, *, sha256: str | None = None) -> None:
    """Call an upload whole whose last byte is here; ``sha256`` where it was taken on the way.

    Raises:
        ChecksumMismatch: it is not what was to be sent; it is empty again.
    """
    place = Place(services.layout, upload.key)
    if upload.sha256 is not None:
        if sha256 is None:
            session.commit()  # nothing of the database is held while it is read
            sha256 = sha256_of(place)
        if sha256 != upload.sha256:
            empty(place)
            raise ChecksumMismatch(
                f"'{upload.name}' is whole, but its SHA-256 is another than was said: it is empty again, send it anew",
                field="sha256",
            )
    upload.finished_at = upload.touched_at = utc_now()
    session.commit()


def sha256_of(place: Place) -> str:
    """Return the SHA-256 of what is here, in hexadecimal digits."""
    with storage_errors(), place.data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_size(services: Services, size: int | None) -> None:
    """Refuse a file that no job could take.

    Raises:
        TooLarge: it has more bytes.
    """
    most = services.settings.upload_max_bytes
    if size is not None and size > most:
        raise TooLarge(
            f"the file has {size_text(size)}; the files of one job may have {size_text(most)} together",
            field="Upload-Length",
        )


def empty(place: Place) -> None:
    """Take away what is here of an upload, and the right of whoever is writing."""
    with place.locked() as lock, storage_errors():
        write_token(lock, b"0" * 32)
        with place.data.open("r+b") as file:
            file.truncate(0)
        place.set_unverified(None)
