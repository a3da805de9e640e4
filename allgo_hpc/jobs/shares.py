"""Links by which somebody without an account looks at one job until a time: made, listed, taken back, followed."""

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import BadInput, Conflict, Gone, NotAllowed, NotFound
from allgo_hpc.models import Job, JobShare, User
from allgo_hpc.settings import Settings

DEFAULT_DAYS = 7.0
MOST = 50
"""Links that one job may have at a time."""
_SECRET = re.compile(r"[0-9a-f]{40}")
_ID_DIGITS = 9


def usual_days(settings: Settings) -> float:
    """Return how long a link is valid where nobody says it."""
    return min(DEFAULT_DAYS, settings.share_max_days)


def share_job(  # noqa: PLR0917  # who, what, how long
    session: Session, settings: Settings, user: User, job: Job, days: float | None, now: datetime
) -> JobShare:
    """Make a link to a job.

    Args:
        session: of the database.
        settings: they say how long at most.
        user: who shares it; only the job's own user may.
        job: of a batch: with all its tasks.
        days: from now on; None: the usual.
        now: the time.

    Raises:
        NotAllowed: it is another user's job.
        BadInput: a time that is none, or longer than the site allows.
        Conflict: it has as many links as one job may have.
    """
    _need_own(user, job)
    wanted = usual_days(settings) if days is None else days
    if not 0 < wanted <= settings.share_max_days:  # also false for a NaN
        raise BadInput(f"days: more than 0, at most {settings.share_max_days:g}", field="days")
    session.execute(delete(JobShare).where(JobShare.job_id == job.id, JobShare.expires_at <= now))
    if len(shares_of(session, job, now)) >= MOST:
        session.rollback()
        raise Conflict(f"job {job.id} has {MOST} links already: take one back first")
    made = JobShare(
        job_id=job.id, secret=secrets.token_hex(20), created_at=now, expires_at=now + timedelta(days=wanted)
    )
    session.add(made)
    session.commit()
    return made


def shares_of(session: Session, job: Job, now: datetime) -> list[JobShare]:
    """Return the links to a job that are valid now, the newest first."""
    valid = select(JobShare).where(JobShare.job_id == job.id, JobShare.expires_at > now)
    return list(session.scalars(valid.order_by(JobShare.id.desc())))


def revoke_share(session: Session, job: Job, wanted: str) -> None:
    """Take a link back, by its number: from now on it leads nowhere.

    Raises:
        NotFound: the job has no such link.
    """
    share = None
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS:
        share = session.get(JobShare, int(wanted))
    if share is None or share.job_id != job.id:
        raise NotFound(f"job {job.id} has no such link (any more)", field="share_id", code="unknown_share")
    session.delete(share)
    session.commit()


def follow_share(session: Session, secret: str, now: datetime) -> tuple[Job, JobShare]:
    """Return the job that a link leads to.

    Raises:
        NotFound: no link looks like that.
        Gone: its time is over, it was taken back or never was, or the job's files were deleted. Which of these, nobody
            is told but by the time that the link itself named.
    """
    if not _SECRET.fullmatch(secret):
        raise NotFound("there is no such link", code="not_found")
    share = session.scalar(select(JobShare).where(JobShare.secret == secret))
    job = None
    if share is not None and share.expires_at > now:
        wanted = select(Job).where(Job.id == share.job_id)
        job = session.scalar(wanted.options(joinedload(Job.app), joinedload(Job.version), joinedload(Job.parent)))
    if share is None or job is None or job.deleted_at is not None or not job.user.active:
        raise Gone(
            "this link's time is over, or whoever sent it has taken it back or deleted the job", code="share_ended"
        )
    return job, share


def forget_shares(session: Session, now: datetime) -> int:
    """Remove the links whose time is over, and those to jobs whose files were deleted; returns how many."""
    deleted = select(Job.id).where(Job.id == JobShare.job_id, Job.deleted_at.is_not(None)).exists()
    gone = session.scalars(
        delete(JobShare).where(or_(JobShare.expires_at <= now, deleted)).returning(JobShare.id),
        execution_options={"synchronize_session": False},
    ).all()
    session.commit()
    return len(gone)


def _need_own(user: User, job: Job) -> None:
    if job.user_id != user.id:
        raise NotAllowed("only its own user can share a job")
