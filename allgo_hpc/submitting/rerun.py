"""Running a job again with changes, on the inputs that were sent then or are sent again."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.clusterpaths.take import path_name
from allgo_hpc.errors import Conflict
from allgo_hpc.models import Job, JobInput, User
from allgo_hpc.services import Services
from allgo_hpc.submitting.idempotency import Key, earlier
from allgo_hpc.submitting.inputs import take_over
from allgo_hpc.submitting.request import Request, lines_of, words_of
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.submitting.submission import submit_job
from allgo_hpc.uploading.claim import named_uploads

_MOST_NAMES = 5


def rerun_job(
    session: Session,
    services: Services,
    user: User,
    job: Job,
    staging: Staging,
    *,
    changes: Mapping[str, Any],
    key: Key | None = None,
) -> Job:
    """Submit a job like an earlier one; a batch becomes a batch again, one of its tasks a single job.

    An input that was sent again takes the place of the earlier one of its name; so can a job run again whose files were
    deleted.

    Args:
        session: of the caller.
        services: of the portal.
        user: who asks; the new job is theirs.
        job: the earlier one, ended or not.
        staging: an upload, with what was sent again.
        changes: ``param``, ``queue``, ``version``, ``memory_mb`` and ``cpus`` where they are to differ (of the last two
            None is the app's own), ``mail_at_end``.
        key: what makes sending it twice safe.

    Raises:
        Conflict: an input is neither there nor sent again, or the app has changed it.
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
        memory_mb=changes.get("memory_mb", job.memory_mb),
        cpus=changes.get("cpus", job.cpus),
        mail_at_end=changes.get("mail_at_end", job.mail_at_end),
        uploads=words_of(changes.get("uploads", "")),
        paths=lines_of(changes.get("paths", "")),
    )
    sent = staging.names | {upload.name for upload in named_uploads(session, user, request.uploads)}
    sent |= {path_name(path) for path in request.paths}
    sources = [
        (services.layout.job_dir(each), one)
        for each in (_tasks(session, job) if job.tasks else [job])
        for one in each.inputs
        if one.name not in sent
    ]
    if job.deleted_at is not None and sources:
        raise _gone([one for _, one in sources])
    session.commit()  # nothing is held while files are copied
    for folder, one in sources:
        take_over(folder, one, staging)
    return submit_job(session, services, user, request, staging, key=key)


def _gone(inputs: Sequence[JobInput]) -> Conflict:
    shown = ", ".join(f"'{one.name}'" for one in inputs[:_MOST_NAMES])
    more = f" and {len(inputs) - _MOST_NAMES} more" if len(inputs) > _MOST_NAMES else ""
    return Conflict(
        f"the files of this job were deleted: send {shown}{more} again with this request, as multipart/form-data",
        field="job_id",
        code="inputs_gone",
    )


def _tasks(session: Session, batch: Job) -> list[Job]:
    return list(session.scalars(select(Job).where(Job.parent_id == batch.id).order_by(Job.task)))
