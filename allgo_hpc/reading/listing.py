"""Lists of jobs: filtered, sorted, a page at a time that goes on where it ended however many jobs come meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from allgo_hpc.models import App, Job, User
from allgo_hpc.reading.sorting import NEWEST, Place, order_of
from allgo_hpc.states import FINAL, JobState

MOST = 100
_ID_DIGITS = 9  # what PostgreSQL's integer takes

_WELL = (JobState.DONE,)
GROUPS: dict[str, tuple[str, ...]] = {
    "active": tuple(state.value for state in JobState if not state.is_final),
    "done": tuple(state.value for state in _WELL),
    "failed": tuple(state.value for state in JobState if state in FINAL - {*_WELL, JobState.CANCELLED}),
    "cancelled": (JobState.CANCELLED.value,),
}
"""The states that a person asks for together."""


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
        text: part of the param string, or the job's number.
        sort: one of ``allgo_hpc.reading.sorting.SORTS``.
        after: where the page before ended, in that order.
        before_id: the number below which the page begins; for the order ``newest``.
        limit: at most so many.
    """

    app: str | None = None
    states: Sequence[str] = ()
    queue: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    parent: int | None = None
    deleted: bool = False
    text: str | None = None
    sort: str = NEWEST
    after: Place | None = None
    before_id: int | None = None
    limit: int = MOST


@dataclass(frozen=True)
class Page:
    """A part of a list, and where to go on: a number in the order ``newest``, a place in any; None at the end."""

    jobs: Sequence[Job]
    next_before_id: int | None
    following: Place | None = None


def list_jobs(session: Session, user: User, wanted: Filter) -> Page:
    """Return a page of the user's own jobs."""
    return _page(session, select(Job).where(Job.user_id == user.id), wanted)


def list_everybodys_jobs(session: Session, wanted: Filter, *, user: str | None = None) -> Page:
    """Return a page of everybody's jobs, or of one user's by name: for administrators."""
    statement = select(Job)
    if user is not None:
        if "\0" in user:
            return Page([], None)
        statement = statement.where(Job.user_id == select(User.id).where(User.name == user).scalar_subquery())
    return _page(session, statement, wanted, joinedload(Job.user))


def _page(session: Session, statement: Select[Any], wanted: Filter, *more: ExecutableOption) -> Page:
    if any("\0" in text for text in (wanted.app, wanted.queue, wanted.text) if text is not None):
        return Page([], None)  # PostgreSQL takes no NUL in a text; no name has one
    order = order_of(wanted.sort, session.get_bind().dialect.name)
    statement = _filtered(statement, wanted)
    if wanted.before_id is not None:
        statement = statement.where(Job.id < wanted.before_id)
    if wanted.after is not None:
        statement = statement.where(order.beyond(wanted.after))
    if order.needs_app:
        statement = statement.join(App, App.id == Job.app_id)
    # First which they are: whole rows of all that have to be sorted would be carried along.
    found = statement.with_only_columns(Job.id, order.value.label("value")).order_by(*order.terms())
    rows = session.execute(found.limit(wanted.limit + 1)).all()
    shown = [row.id for row in rows[: wanted.limit]]
    whole = select(Job).where(Job.id.in_(shown)).options(joinedload(Job.app), joinedload(Job.version), *more)
    by_id = {job.id: job for job in session.scalars(whole)}
    jobs = [by_id[number] for number in shown if number in by_id]
    if len(rows) <= wanted.limit:
        return Page(jobs, None)
    last = rows[wanted.limit - 1]
    return Page(jobs, last.id, Place(last.value, last.id))


def _filtered(statement: Select[Any], wanted: Filter) -> Select[Any]:
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
    if wanted.text:
        found = Job.param.icontains(wanted.text, autoescape=True)
        number = wanted.text.strip().removeprefix("#")
        if number.isascii() and number.isdigit() and len(number) <= _ID_DIGITS:
            found = or_(found, Job.id == int(number))
        statement = statement.where(found)
    return statement
