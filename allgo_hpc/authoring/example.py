"""The job that an author shows as an example: everybody who may run the app can look at it, so it stays."""

from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.models import App, Job
from allgo_hpc.settings import Settings
from allgo_hpc.states import JobState

_FIELD = "example_job_id"


def check_example(session: Session, app: App, number: int | None) -> None:
    """Check that a job may be an app's example.

    Raises:
        BadInput: it is no ended job of the app's owner and of this app, a task of a batch, or its files were deleted.
    """
    if number is None:
        return
    job = session.get(Job, number, populate_existing=True)
    if job is None or job.user_id != app.owner_id or job.app_id != app.id:
        raise BadInput(
            f"'{_FIELD}': there is no job {number} of '{app.name}' that its owner, '{app.owner.name}', ran",
            field=_FIELD,
        )
    if job.parent_id is not None:
        raise BadInput(f"'{_FIELD}': job {number} is a task of batch {job.parent_id}: name the batch", field=_FIELD)
    if not JobState(job.state).is_final:
        raise BadInput(f"'{_FIELD}': job {number} has not ended ({job.state})", field=_FIELD)
    if job.deleted_at is not None:
        raise BadInput(f"'{_FIELD}': the files of job {number} were deleted", field=_FIELD)


def examples() -> Select[int | None]:
    """Return the query for the numbers of all jobs that are shown as examples."""
    return select(App.example_job_id).where(App.example_job_id.is_not(None))


def release_example(session: Session, settings: Settings, number: int, now: datetime) -> None:
    """Let a job go that is the example no more: its owner is told some days before its files are removed.

    The caller commits.
    """
    least = now + timedelta(days=max(settings.notice_days, 1.0))
    session.execute(
        update(Job)
        .where((Job.id == number) | (Job.parent_id == number), Job.expires_at < least)
        .values(expires_at=least, noticed_at=None),
        execution_options={"synchronize_session": False},
    )


def refuse_example(session: Session, job: Job) -> None:
    """Refuse to give up what is shown as an example, or a task of it.

    Raises:
        Conflict: it is, for the app that the sentence names.
    """
    number = job.parent_id or job.id
    app = session.scalar(select(App).where(App.id == job.app_id, App.example_job_id == number))
    if app is not None:
        raise Conflict(
            f"job {number} is the example that '{app.name}' shows: take it away from the app first, or name another",
            code="job_is_example",
        )
