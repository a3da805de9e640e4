"""Finding a job and a file of it for somebody."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import Gone, NotFound
from allgo_hpc.models import App, Job, JobFile, JobInput, User
from allgo_hpc.reading.access import may_see_job
from allgo_hpc.states import JobState
from allgo_hpc.times import stamp

_FOLDER = re.compile(r"[0-9a-f]{40}")
_ID_DIGITS = 9  # what PostgreSQL's integer takes; asked for more it fails


def find_job(session: Session, user: User, wanted: str, *, deleted: bool = False, field: str = "job_id") -> Job:
    """Return the user's own job (an administrator's: any).

    Raises:
        NotFound: there is none, or it is another user's; the answer does not tell which.
        Gone: its files were deleted, and no such job is wanted; the refusal carries what is still known.
    """
    job = job_by_number(session, wanted)
    if job is None or (job.user_id != user.id and user.role != "admin"):
        raise NotFound("there is no such job of yours", field=field, code="unknown_job")
    return job if deleted else still_there(job, field)


def find_seen_job(session: Session, user: User | None, wanted: str, *, field: str = "job_id") -> Job:
    """Return a job that somebody, or for None anybody, may look at, also one whose files were deleted.

    Raises:
        NotFound: there is none, or it is not for them; the answer does not tell which.
    """
    job = job_by_number(session, wanted)
    if job is None or not may_see_job(session, user, job):
        raise NotFound("there is no such job of yours", field=field, code="unknown_job")
    return job


def job_by_number(session: Session, wanted: str) -> Job | None:
    """Return the job of that number, whosever it is; None where there is none, or what was sent is no number."""
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS):
        return None
    return session.scalar(
        select(Job)
        .where(Job.id == int(wanted))
        .options(joinedload(Job.app), joinedload(Job.version), joinedload(Job.parent))
    )


def inputs_of(session: Session, job: Job) -> set[tuple[int, str]]:
    """Return number of the job and name of each file that was sent with it; of a batch, with its tasks."""
    owned = (
        JobInput.job_id.in_(select(Job.id).where(Job.parent_id == job.id)) if job.tasks else JobInput.job_id == job.id
    )
    return {(job_id, name) for job_id, name in session.execute(select(JobInput.job_id, JobInput.name).where(owned))}


def count_deleted_tasks(session: Session, batch: Job) -> int:
    """Return how many tasks of a batch were deleted on their own, or with it."""
    deleted = select(func.count()).where(Job.parent_id == batch.id, Job.deleted_at.is_not(None))
    return session.scalar(deleted) or 0


def find_file(session: Session, job: Job, name: str) -> JobFile:
    """Return a file of an ended job.

    Raises:
        NotFound: it has no such file, or has not ended.
    """
    # A lost job that turned up again and runs has a list from before.
    file = session.get(JobFile, (job.id, name)) if JobState(job.state).is_final and "\0" not in name else None
    if file is None:
        raise NotFound("this job has no such file (yet)", field="name", code="unknown_file")
    return file


def find_job_by_folder(session: Session, user_id: int, app_id: int, folder: str) -> Job:
    """Return the job whose folder's name, which is the key to its results, was given.

    Raises:
        NotFound: there is none.
        Gone: its files were deleted.
    """
    job = session.scalar(select(Job).where(Job.folder == folder)) if _FOLDER.fullmatch(folder) else None
    if job is None or (job.user_id, job.app_id) != (user_id, app_id):
        raise NotFound("there is no such file", field="name", code="unknown_file")
    return still_there(job)


def still_there(job: Job, field: str = "job_id") -> Job:
    """Return the job, as long as its files are there.

    Raises:
        Gone: they were deleted; the refusal carries what is still known.
    """
    if job.deleted_at is None:
        return job
    known = {
        "id": job.id,
        "state": job.state,
        "app": job.app.name,
        "version": job.version.number,
        "image_sha256": job.sha256,
        "queue": job.queue,
        "param": job.param,
        "memory_mb": job.memory_mb,
        "cpus": job.cpus,
        "inputs": [{"name": one.name, "size": one.size, "sha256": one.sha256} for one in job.inputs],
        "created_at": stamp(job.created_at),
        "finished_at": stamp(job.finished_at),
        "deleted_at": stamp(job.deleted_at),
    }
    raise Gone(f"the files of job {job.id} were deleted on {job.deleted_at:%Y-%m-%d}", field=field, more={"job": known})


def mean_seconds(app: App) -> int:
    """Return the mean run time of all jobs of the app that ended well, in whole seconds; 0 without any."""
    return round(app.done_seconds / app.done_jobs) if app.done_jobs else 0


def count_unfinished(session: Session) -> int:
    """Return how many jobs have not ended."""
    final = [state.value for state in JobState if state.is_final]
    return session.scalar(select(func.count()).select_from(Job).where(Job.state.not_in(final))) or 0
