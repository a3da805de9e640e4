"""Beginning an upload: whether there is room for it, and whether its user has that very file here already."""

from uuid import uuid4

from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, ChecksumMismatch
from allgo_hpc.models import Upload, User
from allgo_hpc.quotas.check import lock_user
from allgo_hpc.services import Services
from allgo_hpc.uploading.find import remove_upload
from allgo_hpc.uploading.finish import check_size, finish
from allgo_hpc.uploading.known import copy_known
from allgo_hpc.uploading.place import Place
from allgo_hpc.uploading.room import check_room

_SHA256_DIGITS = 64


def create_upload(
    session: Session, services: Services, user: User, *, name: str, size: int | None, sha256: str | None = None,
    look: bool = True,
) -> Upload:  # fmt: skip
    """Begin an upload; durable when this returns.

    Where its user has the very file already, by SHA-256 and size, it is whole at once.

    Args:
        session: of the caller.
        services: of the portal.
        user: whose.
        name: as ``upload_name`` made it.
        size: bytes; None: not known yet.
        sha256: of the whole, if it is known.
        look: whether to look for the file; not where its data comes with this very request.

    Raises:
        TooLarge: more than a job may have, or than may wait for jobs.
        OverQuota: more than this user may store.
        BadInput: it is no SHA-256.
    """
    check_size(services, size)
    if sha256 is not None and not (len(sha256) == _SHA256_DIGITS and set(sha256) <= set("0123456789abcdef")):
        raise BadInput("Upload-Metadata: sha256 is 64 hexadecimal digits", field="Upload-Metadata")
    upload = Upload(key=str(uuid4()), user_id=user.id, name=name, size=size, sha256=sha256)
    place = Place(services.layout, upload.key)
    place.make()
    try:
        session.commit()  # ends the reading, which a lock must not follow
        lock_user(session, user)
        check_room(session, services, user, size or 0)
        session.add(upload)
        session.commit()
    except BaseException:
        session.rollback()
        place.remove()
        raise
    if size == 0:
        try:
            finish(session, services, upload)
        except ChecksumMismatch:
            remove_upload(session, services, upload)
            raise
    elif look and copy_known(session, services, upload):
        finish(session, services, upload, sha256=sha256)
    return upload
