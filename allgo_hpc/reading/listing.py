"""The list of somebody's jobs: filtered, newest first, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.models import App, Job, User

MOST = 100


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is wanted; None takes all.

    Attributes:
        app: short name.
        states: of ``allgo_hpc.states.JobState``.
        queue: name of a queue.
        created_after: inclusive.
        created_before: exclusive.
        parent: the tasks of that batch; without it tasks are left out, as their batch stands for them.
        deleted: those whose files were deleted, instead of those that still have them.
        before_id: the number below which the page begins.
        limit: at most so many.
    """

    app: str | None = None
    states: Sequence[str] = ()
    queue: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    parent: int | None = None
    deleted: bool = False
    before_id: int | None = None
    limit: int = MOST


@dataclass(frozen=True)
class Page:
    """A part of a list, and the number to go on below; None at the end."""

    jobs: Sequence[Job]
    next_before_id: int | None


def list_jobs(session: Session, user: User, wanted: Filter) -> Page:
    """Return a page of the user's own jobs. Goes on where it ended however many jobs come meanwhile."""
    if any("\0" in text for text in (wanted.app, wanted.queue) if text is not None):
        return Page([], None)  # PostgreSQL takes no NUL in a text; no name has one
    statement = select(Job).where(Job.user_id == user.id).options(joinedload(Job.app), joinedload(Job.version))
    statement = statement.where(Job.parent_id == wanted.parent if wanted.parent else Job.parent_id.is_(None))
    statement = statement.where(Job.deleted_at.is_not(None) if wanted.deleted else Job.deleted_at.is_(None))
    if wanted.app is not None:
        statement = statement.where(Job.app_id == select(App.id).where(App.name == wanted.app).scalar_subquery())
    if wanted.states:
        statement = statement.where(Job.state.in_(wanted.states))
    if wanted.queue is not None:
        statement = statement.where(Job.queue == wanted.queue)
    if wanted.created_after is not None:
        statement = statement.where(Job.created_at >= wanted.created_after)
    if wanted.created_before is not None:
        statement = statement.where(Job.created_at < wanted.created_before)
    if wanted.before_id is not None:
        statement = statement.where(Job.id < wanted.before_id)
    found = session.scalars(statement.order_by(Job.id.desc()).limit(wanted.limit + 1)).all()
    more = len(found) > wanted.limit
    jobs = found[: wanted.limit]
    return Page(jobs, jobs[-1].id if more else None)
