"""Finding a job and a file of it for somebody."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from allgo_hpc.errors import NotFound
from allgo_hpc.models import App, Job, JobFile, User
from allgo_hpc.states import JobState

_FOLDER = re.compile(r"[0-9a-f]{40}")
_ID_DIGITS = 9  # what PostgreSQL's integer takes; asked for more it fails


def find_job(session: Session, user: User, wanted: str) -> Job:
    """Return the user's own job (an administrator's: any).

    Raises:
        NotFound: there is none, or it is another user's; the answer does not tell which.
    """
    job = None
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS:
        job = session.scalar(
            select(Job)
            .where(Job.id == int(wanted))
            .options(joinedload(Job.app), joinedload(Job.version), selectinload(Job.files))
        )
    if job is None or (job.user_id != user.id and user.role != "admin"):
        raise NotFound("there is no such job of yours", field="id", code="unknown_job")
    return job


def find_file(session: Session, job: Job, name: str) -> JobFile:
    """Return a file of an ended job.

    Raises:
        NotFound: it has no such file, or has not ended.
    """
    file = session.get(JobFile, (job.id, name)) if job.state != JobState.CREATED and "\0" not in name else None
    if file is None:
        raise NotFound("this job has no such file (yet)", field="file", code="unknown_file")
    return file


def find_job_by_folder(session: Session, user_id: int, app_id: int, folder: str) -> Job:
    """Return the job whose folder's name, which is the key to its results, was given.

    Raises:
        NotFound: there is none.
    """
    job = session.scalar(select(Job).where(Job.folder == folder)) if _FOLDER.fullmatch(folder) else None
    if job is None or (job.user_id, job.app_id) != (user_id, app_id):
        raise NotFound("there is no such file", field="file", code="unknown_file")
    return job


def mean_seconds(session: Session, app: App) -> int:
    """Return the mean run time of the app's latest thousand successful jobs in whole seconds; 0 without any."""
    latest = (
        select(Job.started_at, Job.finished_at)
        .where(Job.app_id == app.id, Job.state == JobState.DONE.value, Job.started_at.is_not(None))
        .order_by(Job.id.desc())
        .limit(1000)
    )
    spans = [(end - start).total_seconds() for start, end in session.execute(latest) if start and end]
    return round(sum(spans) / len(spans)) if spans else 0


def count_unfinished(session: Session) -> int:
    """Return how many jobs have not ended."""
    final = [state.value for state in JobState if state.is_final]
    return session.scalar(select(func.count()).select_from(Job).where(Job.state.not_in(final))) or 0
