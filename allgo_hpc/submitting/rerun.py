"""Running a job again with changes, on the inputs that were sent then."""

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict
from allgo_hpc.models import Job, JobInput, User
from allgo_hpc.services import Services
from allgo_hpc.submitting.idempotency import Key, earlier
from allgo_hpc.submitting.request import Request
from allgo_hpc.submitting.staging import Staging, storage_errors
from allgo_hpc.submitting.submission import new_staging, submit_job

_CHUNK = 64 * 1024 * 1024
_NOT_BY_THE_KERNEL = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
_SOMETHING_ELSE = {errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO}
"""What opening a link, a file of another user's or a socket gives, that an app put in an input's place."""


def rerun_job(
    session: Session, services: Services, user: User, job: Job, changes: Mapping[str, str], *, key: Key | None = None
) -> Job:
    """Submit a job like an earlier one; a batch becomes a batch again, one of its tasks a single job.

    Args:
        session: of the caller.
        services: of the portal.
        user: who asks; the new job is theirs.
        job: the earlier one, ended or not.
        changes: ``param``, ``queue`` and ``version`` where they are to differ.
        key: what makes sending it twice safe.

    Raises:
        Conflict: an input is not there any more, or the app has changed it.
        Refusal: a change is wrong; nothing was kept.
    """
    accepted = earlier(session, user, key)
    if accepted is not None:
        return accepted  # its inputs may have changed since
    request = Request(
        app=job.app.name,
        app_field="job_id",
        version=changes.get("version", str(job.version.number)),
        queue=changes.get("queue", job.queue),
        param=changes.get("param", job.param),
        batch="each" if job.tasks else None,
        rerun_of=job.id,
    )
    sources = [
        (services.layout.job_dir(each), one)
        for each in (_tasks(session, job) if job.tasks else [job])
        for one in each.inputs
    ]
    session.commit()  # nothing is held while files are copied
    with new_staging(services) as staging:
        for folder, one in sources:
            _take_over(folder, one, staging)
        return submit_job(session, services, user, request, staging, key=key)


def _tasks(session: Session, batch: Job) -> list[Job]:
    return list(session.scalars(select(Job).where(Job.parent_id == batch.id).order_by(Job.task)))


def _take_over(folder: Path, one: JobInput, staging: Staging) -> None:
    try:
        descriptor = os.open(folder / one.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Conflict(f"the input '{one.name}' is not there any more", field="job_id", code="inputs_gone") from error
    except OSError as error:
        if error.errno in _SOMETHING_ELSE:
            raise _changed(one) from error
        raise
    try:
        _check_unchanged(descriptor, one)
        with staging.new_file(one.name, field="job_id") as target:
            staging.count(one.size, field="job_id")
            with storage_errors():
                _copy(descriptor, target.fileno(), one.size)
        _check_unchanged(descriptor, one)  # the job may still be running
    finally:
        os.close(descriptor)


def _check_unchanged(descriptor: int, one: JobInput) -> None:
    status = os.fstat(descriptor)
    if (status.st_size, status.st_ctime_ns) != (one.size, one.changed_ns):
        raise _changed(one)


def _changed(one: JobInput) -> Conflict:
    return Conflict(
        f"the app changed its input '{one.name}' while it ran: send it again with a new job",
        field="job_id",
        code="inputs_changed",
    )


def _copy(source: int, target: int, size: int) -> None:
    """Copy by the kernel, which shares the blocks where the file system can."""
    left = size
    try:
        while left and (copied := os.copy_file_range(source, target, min(left, _CHUNK))):
            left -= copied
    except OSError as error:
        if error.errno not in _NOT_BY_THE_KERNEL:
            raise
    if left:
        with os.fdopen(os.dup(source), "rb") as reader, os.fdopen(os.dup(target), "wb") as writer:
            shutil.copyfileobj(reader, writer, _CHUNK)
