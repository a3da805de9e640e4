"""Finding a job for somebody who may look at it, and be it another's."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import NotFound
from allgo_hpc.models import Job, User
from allgo_hpc.reading.access import may_see_job
from allgo_hpc.reading.lookup import still_there

_ID_DIGITS = 9  # what PostgreSQL's integer takes


def find_seen_job(session: Session, user: User | None, wanted: str, *, deleted: bool = False) -> Job:
    """Return a job that this user (or, for None, anybody) may look at.

    Raises:
        NotFound: there is none, or they may not; the answer does not tell which.
        Gone: its files were deleted, and no such job is wanted.
    """
    job = None
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS:
        found = select(Job).where(Job.id == int(wanted))
        job = session.scalar(found.options(joinedload(Job.app), joinedload(Job.version), joinedload(Job.parent)))
    if job is None or not may_see_job(session, user, job):
        raise NotFound("there is no such job of yours", field="job_id", code="unknown_job")
    return job if deleted else still_there(job)


def find_task(session: Session, batch: Job, task: int | None) -> Job:
    """Return a task of a batch by its number; without a number the job itself.

    Raises:
        NotFound: it has no such task.
        Gone: its files were deleted.
    """
    if task is None:
        return batch
    job = session.scalar(select(Job).where(Job.parent_id == batch.id, Job.task == task).options(joinedload(Job.app)))
    if job is None:
        raise NotFound(f"job {batch.id} has no such task", field="task", code="unknown_job")
    return still_there(job)
