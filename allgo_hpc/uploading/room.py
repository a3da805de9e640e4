"""How much may wait of one user's: uploads that no job has taken yet."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.errors import OverQuota, TooLarge
from allgo_hpc.models import Upload, User, utc_now
from allgo_hpc.quotas.check import limits_of, sentence
from allgo_hpc.quotas.usage import usage_of
from allgo_hpc.reading.why import size as size_text
from allgo_hpc.services import Services
from allgo_hpc.uploading.place import Place

_JOBS_AHEAD = 5
"""So many jobs' files may wait, as far as their number goes."""


def waiting_bytes(session: Session, services: Services, user_id: int, *, but: Upload | None = None) -> int:
    """Return the bytes that a user's uploads have, or are said to have in the end, without one of them."""
    mine = [Upload.user_id == user_id, Upload.job_id.is_(None)]
    if but is not None and but.id is not None:
        mine.append(Upload.id != but.id)
    said = session.scalar(select(func.sum(Upload.size)).where(*mine)) or 0
    growing = session.scalars(select(Upload.key).where(*mine, Upload.size.is_(None)))
    return int(said) + sum(Place(services.layout, key).offset() for key in growing)


def check_room(session: Session, services: Services, user: User, size: int, *, but: Upload | None = None) -> None:
    """Refuse what would pass a limit; call ``lock_user`` first.

    Args:
        session: of the caller.
        services: of the portal.
        user: whose.
        size: bytes that are added.
        but: the upload that they are of, where it is stored already.

    Raises:
        TooLarge: more than may wait for jobs.
        OverQuota: more than this user may store.
    """
    settings = services.settings
    count = session.scalar(select(func.count()).where(Upload.user_id == user.id, Upload.job_id.is_(None))) or 0
    if but is None and count >= _JOBS_AHEAD * settings.upload_max_files:
        raise TooLarge(f"{count} uploads wait for their jobs already: remove those you do not need", field="uploads")
    waiting = waiting_bytes(session, services, user.id, but=but)
    if waiting + size > settings.uploads_max_bytes:
        raise TooLarge(
            f"your uploads that no job has taken have {size_text(waiting)}, and this adds {size_text(size)}; the limit "
            f"is {size_text(settings.uploads_max_bytes)}: submit the job, or remove those you do not need",
            field="uploads",
        )
    most = limits_of(session, user, settings)["stored_bytes"]
    if most is not None:
        used = usage_of(session, user.id, utc_now())
        if used.stored_bytes + waiting + size > most:
            words = sentence("stored_bytes", used, waiting + size, most, settings.contact)
            raise OverQuota(words, field="stored_bytes")


def most_bytes(session: Session, services: Services, upload: Upload) -> int:
    """Return the bytes that an upload may come to have."""
    most = services.settings.upload_max_bytes
    if upload.size is not None:
        return min(most, upload.size)
    waiting = waiting_bytes(session, services, upload.user_id, but=upload)
    return max(0, min(most, services.settings.uploads_max_bytes - waiting))
