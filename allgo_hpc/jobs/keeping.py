"""How long a job's files are kept: told some days before they go, extended where somebody asks for it."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.authoring.example import examples
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.jobs.events import add_event
from allgo_hpc.mail.notices import queue_removals
from allgo_hpc.models import Job
from allgo_hpc.quotas.check import check_stored
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL, JobState

_ENDED = [state.value for state in FINAL]
_AT_ONCE = 1000


def keep_longer(session: Session, services: Services, job: Job, days: float, now: datetime) -> None:
    """Keep an ended job's files for so many days from now on; a batch's with all its tasks.

    It never shortens.

    Raises:
        Conflict: it has not ended.
        BadInput: longer after its end than the site allows.
        OverQuota: its user stores more than they may.
    """
    if not JobState(job.state).is_final or job.finished_at is None:
        raise Conflict(f"job {job.id} has not ended ({job.state}): its files are kept anyway", code="not_ended")
    until = now + timedelta(days=days)
    latest = job.finished_at + timedelta(days=services.settings.retention_max_days)
    if until > latest:
        most = max(0.0, (latest - now) / timedelta(days=1))
        raise BadInput(
            f"days: the files of job {job.id} can be kept until {latest:%Y-%m-%d}, {most:.0f} days from now",
            field="days",
        )
    check_stored(session, services.settings, job.user, now)
    kept = session.scalars(
        update(Job)
        .where((Job.id == job.id) | (Job.parent_id == job.id), Job.deleted_at.is_(None), Job.expires_at < until)
        .values(expires_at=until, noticed_at=None)
        .returning(Job.id),
        execution_options={"synchronize_session": False},
    ).all()
    session.commit()
    session.refresh(job)
    if job.id in kept:
        add_event(session, [job], old=job.state, source="portal", detail=f"Its files are kept until {until:%Y-%m-%d}.")
        session.commit()


def give_notice(session: Session, services: Services, now: datetime) -> int:
    """Tell, by an event of each and one mail to its user, of jobs whose files go soon; returns of how many.

    A user's events, marks and mail are one transaction: each job is told of once, whatever is killed when.
    """
    soon = now + timedelta(days=services.settings.notice_days)
    due = session.scalars(
        select(Job)
        .where(
            Job.expires_at < soon, Job.expires_at > now, Job.noticed_at.is_(None), Job.deleted_at.is_(None),
            Job.parent_id.is_(None), Job.state.in_(_ENDED),
            Job.id.not_in(examples()),
        )
        .options(joinedload(Job.user), joinedload(Job.app))
        .order_by(Job.expires_at)
        .limit(_AT_ONCE)
    ).all()  # fmt: skip
    by_user: dict[int, list[Job]] = {}
    for job in due:
        by_user.setdefault(job.user_id, []).append(job)
    for jobs in by_user.values():
        told = session.scalars(
            update(Job)
            .where(Job.id.in_([job.id for job in jobs]), Job.noticed_at.is_(None))
            .values(noticed_at=now)
            .returning(Job.id),
            execution_options={"synchronize_session": False},
        ).all()
        chosen = [job for job in jobs if job.id in set(told)]
        for job in chosen:
            detail = f"Its files are removed on {job.expires_at:%Y-%m-%d}, unless it is kept longer."
            add_event(session, [job], old=job.state, source="portal", detail=detail)
        queue_removals(session, services.settings, jobs[0].user, chosen)
        session.commit()
    return len(due)
