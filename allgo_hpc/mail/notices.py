"""Mails about jobs: at a job's end, and before its files are removed; each once, whatever is killed when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import Conflict
from allgo_hpc.mail.outbox import queue_mail
from allgo_hpc.models import Job, User
from allgo_hpc.reading.why import why
from allgo_hpc.settings import Settings
from allgo_hpc.states import FINAL, JobState

_ENDED = [state.value for state in FINAL]
_AT_ONCE = 200
_MOST_LINES = 50
_WORDS = {
    JobState.DONE: "is done",
    JobState.ERROR: "failed",
    JobState.TIMEOUT: "was stopped at its time limit",
    JobState.OUT_OF_MEMORY: "ran out of memory",
    JobState.CANCELLED: "was cancelled",
    JobState.NODE_FAILURE: "was lost with its node",
    JobState.LOST: "is lost",
}


def set_mail_at_end(session: Session, job: Job, *, wanted: bool) -> None:
    """Say whether a mail is wanted when a job ends; of a batch, when all of it has.

    Raises:
        Conflict: it has ended.
    """
    changed = session.scalar(
        update(Job).where(Job.id == job.id, Job.state.not_in(_ENDED)).values(mail_at_end=wanted).returning(Job.id),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    session.refresh(job)
    if changed is None:
        raise Conflict(f"job {job.id} has ended ({job.state}): there is nothing to wait for", code="already_ended")


def queue_ends(session: Session, settings: Settings, now: datetime) -> int:
    """Queue a mail for each job that ended and whose user waits for one; returns how many.

    Mail and mark are one transaction, and the mark is a compare-and-swap: no end is told twice, none is left out.
    """
    due = session.scalars(due_ends()).all()
    for job in due:
        marked = session.scalar(
            update(Job).where(Job.id == job.id, Job.mailed_at.is_(None)).values(mailed_at=now).returning(Job.id),
            execution_options={"synchronize_session": False},
        )
        if marked is not None and job.user.active:
            queue_mail(session, job.user.email, *end_text(job, portal_address(settings)))
        session.commit()
    return len(due)


def due_ends() -> Select[Job]:
    """Return the question for jobs that ended and whose mail is to be queued; asked every second, by an index."""
    return (
        select(Job)
        .where(Job.mail_at_end, Job.mailed_at.is_(None), Job.state.in_(_ENDED))
        .options(joinedload(Job.user), joinedload(Job.app))
        .limit(_AT_ONCE)
    )


def end_text(job: Job, base_url: str) -> tuple[str, str]:
    """Return subject and text of the mail at a job's end. In English; the one place for other languages."""
    words = _WORDS[JobState(job.state)]
    what = f"Batch {job.id} of {job.app.name} ({job.tasks} files)" if job.tasks else f"Job {job.id} of {job.app.name}"
    told = why(job).strip()
    parts = [
        f"{what} {words}.",
        *([told] if told else []),
        f"Look at it: {job_link(job, base_url)}",
        "You get this mail because you asked for one when you started the job.\n"
        f"Which mails you get: {base_url.rstrip('/')}/account/notifications",
    ]
    return f"{what} {words}", "\n\n".join(parts) + "\n"


def queue_removals(session: Session, settings: Settings, user: User, jobs: Sequence[Job]) -> None:
    """Queue one mail that names the jobs of a user whose files go soon; the caller commits it with its marks."""
    if jobs and user.active and user.mail_before_removal:
        queue_mail(session, user.email, *removal_text(jobs, portal_address(settings)))


def removal_text(jobs: Sequence[Job], base_url: str) -> tuple[str, str]:
    """Return subject and text of the mail before files are removed. In English; the one place for other languages."""
    first = jobs[0]
    one = len(jobs) == 1
    whose = f"job {first.id}" if one else f"{len(jobs)} jobs"
    lines = [
        f"  {job.expires_at:%Y-%m-%d}  job {job.id} of {job.app.name}  {job_link(job, base_url)}"
        for job in jobs[:_MOST_LINES]
    ]
    if len(jobs) > _MOST_LINES:
        lines.append(f"  and {len(jobs) - _MOST_LINES} more: {base_url.rstrip('/')}/jobs")
    parts = [
        f"The files of {whose} will be removed soon, each on the day that stands before it (UTC):",
        "\n".join(lines),
        "Fetch what you need, or choose 'keep longer' on the job's page.",
        "You get this mail because the portal tells you before it removes files.\n"
        f"Which mails you get: {base_url.rstrip('/')}/account/notifications",
    ]
    return f"The files of {whose} will be removed soon", "\n\n".join(parts) + "\n"


def job_link(job: Job, base_url: str) -> str:
    """Return the address of a job's page."""
    return f"{base_url.rstrip('/')}/jobs/{job.id}"


def portal_address(settings: Settings) -> str:
    """Return the portal's address for links in mails; where it is not set, the one that it listens on."""
    return settings.base_url or f"http://{settings.bind}"
