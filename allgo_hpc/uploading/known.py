"""A file that its user has here already is not sent again: it is copied here, and hashed to be sure.

Only the user's own files are looked at. Another's would make of a hash a way to fetch it.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job, JobInput, Upload
from allgo_hpc.services import Services
from allgo_hpc.submitting.inputs import copy_by_kernel
from allgo_hpc.uploading.finish import empty, sha256_of
from allgo_hpc.uploading.place import Place

_log = logging.getLogger(__name__)
_MOST_TRIED = 3


def copy_known(session: Session, services: Services, upload: Upload) -> bool:
    """Copy into an upload what its user has of its SHA-256 and size; True where it is whole then.

    A job may write to its inputs, so this makes a copy and no second name; the file system shares the blocks if it can.
    """
    if upload.sha256 is None or not upload.size:
        return False
    sources = list(_sources(session, services, upload))
    session.commit()  # nothing of the database is held while files are copied
    place = Place(services.layout, upload.key)
    for path, changed_ns in sources:
        try:
            if _copy(path, changed_ns, place, upload.size) and sha256_of(place) == upload.sha256:
                return True
        except OSError as error:
            _log.warning("'%s' could not be copied from what is here, it will be sent: %s", upload.key, error)
        empty(place)
    return False


def _sources(session: Session, services: Services, upload: Upload) -> Iterator[tuple[Path, int | None]]:
    """Return files that were this one once; of a job's input also its change time, which shows whether it still is."""
    same = (Upload.user_id == upload.user_id, Upload.sha256 == upload.sha256, Upload.size == upload.size)
    others = select(Upload.key).where(*same, Upload.finished_at.is_not(None), Upload.job_id.is_(None))
    for key in session.scalars(others.order_by(Upload.id.desc()).limit(_MOST_TRIED)):
        yield Place(services.layout, key).data, None
    inputs = (
        select(Job, JobInput)
        .join(JobInput, JobInput.job_id == Job.id)
        .where(
            Job.user_id == upload.user_id, Job.deleted_at.is_(None),
            JobInput.sha256 == upload.sha256, JobInput.size == upload.size,
        )
    )  # fmt: skip
    for job, one in session.execute(inputs.order_by(Job.id.desc()).limit(_MOST_TRIED)):
        yield services.layout.job_dir(job) / one.name, one.changed_ns


def _copy(path: Path, changed_ns: int | None, place: Place, size: int) -> bool:
    with suppress(FileNotFoundError, NotADirectoryError):
        source = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            status = os.fstat(source)
            if status.st_size != size or changed_ns not in {None, status.st_ctime_ns}:
                return False
            with place.data.open("r+b", buffering=0) as target:
                copy_by_kernel(source, target.fileno(), size)
                os.fsync(target.fileno())
                return os.fstat(target.fileno()).st_size == size
        finally:
            os.close(source)
    return False
