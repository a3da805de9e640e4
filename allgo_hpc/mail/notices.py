"""Mails about jobs: at a job's end, and before its files are removed; each once, whatever is killed when."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import Conflict
from allgo_hpc.languages import language_of
from allgo_hpc.mail.outbox import queue_mail
from allgo_hpc.mail.texts import end_text, removal_text
from allgo_hpc.models import Job, User
from allgo_hpc.settings import Settings
from allgo_hpc.states import FINAL

_ENDED = [state.value for state in FINAL]
_AT_ONCE = 200


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
            language = language_of(job.user.language, settings.language)
            queue_mail(session, job.user.email, *end_text(job, portal_address(settings), language))
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


def queue_removals(session: Session, settings: Settings, user: User, jobs: Sequence[Job]) -> None:
    """Queue one mail that names the jobs of a user whose files go soon; the caller commits it with its marks."""
    if jobs and user.active and user.mail_before_removal:
        language = language_of(user.language, settings.language)
        queue_mail(session, user.email, *removal_text(jobs, portal_address(settings), language))


def portal_address(settings: Settings) -> str:
    """Return the portal's address for links in mails; where it is not set, the one that it listens on."""
    return settings.base_url or f"http://{settings.bind}"
