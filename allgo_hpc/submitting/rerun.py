"""Running a job again with changes, on the inputs that were sent then."""

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict
from allgo_hpc.models import Job, JobInput, User
from allgo_hpc.services import Services
from allgo_hpc.submitting.idempotency import Key
from allgo_hpc.submitting.request import Request
from allgo_hpc.submitting.staging import Staging, storage_errors
from allgo_hpc.submitting.submission import new_staging, submit_job

_CHUNK = 64 * 1024 * 1024
_NOT_BY_THE_KERNEL = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


def rerun_job(
    session: Session, services: Services, user: User, job: Job, changes: Mapping[str, Any], *, key: Key | None = None
) -> Job:
    """Submit a job like an earlier one; a batch becomes a batch again, one of its tasks a single job.

    Args:
        session: of the caller.
        services: of the portal.
        user: who asks; the new job is theirs.
        job: the earlier one, ended or not.
        changes: ``param``, ``queue``, ``version`` and ``memory_mb`` where they are to differ.
        key: what makes sending it twice safe.

    Raises:
        Conflict: an input is not there any more, or the app has changed it.
        Refusal: a change is wrong; nothing was kept.
    """
    request = Request(
        app=job.app.name,
        app_field="job_id",
        version=changes.get("version"),
        queue=changes.get("queue", job.queue),
        param=changes.get("param", job.param),
        batch="each" if job.tasks else None,
        rerun_of=job.id,
        memory_mb=changes.get("memory_mb", job.memory_mb),
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
    except OSError as error:
        raise Conflict(f"the input '{one.name}' is not there any more", field="job_id", code="inputs_gone") from error
    with os.fdopen(descriptor, "rb") as source, staging.new_file(one.name, field="job_id") as target:
        _check_unchanged(source.fileno(), one)
        staging.count(one.size, field="job_id")
        with storage_errors():
            _copy(source.fileno(), target.fileno(), one.size)
        _check_unchanged(source.fileno(), one)  # the job may still be running


def _check_unchanged(descriptor: int, one: JobInput) -> None:
    status = os.fstat(descriptor)
    if (status.st_size, status.st_ctime_ns) != (one.size, one.changed_ns):
        raise Conflict(
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
