"""Events as others are told of them: what happened to a job, in the order in which it became known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from allgo_hpc.models import App, Job, JobEvent
from allgo_hpc.states import JobState
from allgo_hpc.times import stamp

MOST = 100
"""So many at a time: hundreds of streams may read at the same moment, and each keeps what it reads until it is sent."""
_NEWEST = select(func.max(JobEvent.id))
"""Made once: it is asked ten times a second while anybody listens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Happened:
    """One event, with what is needed to tell it.

    Attributes:
        id: number; later ones are higher.
        job_id: of the job.
        parent_id: of its batch, for a task.
        user_id: whose job.
        app: short name of the app.
        old: state before; empty for a new job; the same as ``new`` where something else changed.
        new: state after.
        reason: in a sentence.
        at: when.
    """

    id: int
    job_id: int
    parent_id: int | None
    user_id: int
    app: str
    old: str
    new: str
    reason: str
    at: datetime


_AFTER = (
    select(
        JobEvent.id, JobEvent.job_id, Job.parent_id, Job.user_id, App.name, JobEvent.old, JobEvent.new, JobEvent.detail,
        JobEvent.at,
    )
    .join(Job, JobEvent.job_id == Job.id)
    .join(App, Job.app_id == App.id)
    .where(JobEvent.id > bindparam("last"))
    .order_by(JobEvent.id)
    .limit(bindparam("most", type_=Integer))
)  # fmt: skip
_AFTER_OF_USER = _AFTER.where(Job.user_id + literal_column("0") == bindparam("user_id"))
"""The sum keeps the index of users out of it: by that SQLite reads all that ever happened to the user's jobs, and sorts
it (40 ms at 100 000 jobs), where what is after the number is a row or two."""


def newest_event(session: Session) -> int:
    """Return the number of the newest event; 0 where there is none."""
    return session.connection().scalar(_NEWEST) or 0


def events_after(session: Session, last: int, *, user_id: int | None = None, most: int = MOST) -> list[Happened]:
    """Return the events after a number, oldest first; those of all users, or of one."""
    values = {"last": last, "most": most} | ({} if user_id is None else {"user_id": user_id})
    rows = session.execute(_AFTER if user_id is None else _AFTER_OF_USER, values)
    return [
        Happened(
            id=number,
            job_id=job_id,
            parent_id=parent_id,
            user_id=owner_id,
            app=app,
            old=old,
            new=new,
            reason=reason,
            at=at,
        )
        for number, job_id, parent_id, owner_id, app, old, new, reason, at in rows
    ]


def event_answer(event: Happened) -> dict[str, Any]:
    """Return an event as it is told everywhere; pure."""
    return {
        "event": event.id,
        "job": event.job_id,
        "parent": event.parent_id,
        "app": event.app,
        "old": event.old,
        "state": event.new,
        "status": JobState(event.new).v1_status,
        "reason": event.reason,
        "at": stamp(event.at),
    }


def job_events(session: Session, job_id: int) -> Sequence[JobEvent]:
    """Return all events of one job, oldest first."""
    return session.scalars(select(JobEvent).where(JobEvent.job_id == job_id).order_by(JobEvent.id)).all()
