"""Who may look at a job: its inputs, its results, its log. What changes a job is its user's and the administrators'."""

from sqlalchemy.orm import Session

from allgo_hpc.apps import may_run
from allgo_hpc.models import App, Job, User


def may_see_job(session: Session, user: User | None, job: Job) -> bool:
    """True when this user (or, for None, anybody) may look at this job.

    That is its own user, an administrator, the app's author where the job's user lets them, and everybody who may run
    the app where the job is its example. A task is seen with its batch.
    """
    if user is not None and (job.user_id == user.id or user.role == "admin"):
        return True
    consent = job.author_may_see or (job.parent is not None and job.parent.author_may_see)
    if user is not None and consent and job.app.owner_id == user.id:
        return True
    return is_example(job) and may_run(session, job.app, user)


def is_example(job: Job) -> bool:
    """True for the job, or a task of the batch, that its app's author shows as an example."""
    example = job.app.example_job_id
    return example is not None and example in {job.id, job.parent_id}


def example_of(session: Session, app: App) -> Job | None:
    """Return the job that the app's author shows as an example, as long as its files are there."""
    job = session.get(Job, app.example_job_id) if app.example_job_id is not None else None
    return job if job is not None and job.deleted_at is None else None
