"""The rows of events: what people, pages, streams, mails and webhooks follow."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, func, insert, literal, select
from sqlalchemy.orm import Session

from allgo_hpc.listed import Listed
from allgo_hpc.models import Job, JobEvent, utc_now

_EVENT = cast(Table, JobEvent.__table__)
_TOLD = ("at", "old", "new", "source", "detail")
_LOCK = 0x616C6C676F  # "allgo"; any number, the same everywhere


def add_event(
    session: Session, jobs: Sequence[Job] | Sequence[Row[Any]], *, old: str, source: str, detail: str | None = None
) -> None:
    """Add an event row for each job, which stands in its new state already; the caller commits.

    Readers go on from the last event that they have seen, so numbers must become visible in their order. SQLite has one
    writer at a time; in PostgreSQL a lock that lasts until the commit does the same.
    """
    if not jobs:
        return
    session.flush()  # the jobs may be new
    store_events(
        session, [event_row(job.id, old, job.state, source, job.reason if detail is None else detail) for job in jobs]
    )


def add_task_events(session: Session, ids: Sequence[int], old: str, new: str, *, source: str, detail: str = "") -> None:
    """Add an event row for each task of these numbers, in their order; the caller commits."""
    if not ids:
        return
    _keep_order(session)
    tasks = Listed(session.connection(), [(number,) for number in sorted(ids)])
    told = (utc_now(), old, new, source, detail)
    values = (literal(value, type_=_EVENT.c[name].type) for name, value in zip(_TOLD, told, strict=True))
    session.connection().execute(insert(_EVENT).from_select(("job_id", *_TOLD), select(tasks.integer(0), *values)))


def event_row(job_id: int, old: str, new: str, source: str, detail: str) -> dict[str, Any]:
    """Return the row of one event of now."""
    return {"job_id": job_id, "old": old, "new": new, "source": source, "detail": detail}


def store_events(session: Session, events: Sequence[dict[str, Any]]) -> None:
    """Store rows of ``event_row``, whose numbers become visible in their order; the caller commits."""
    if not events:
        return
    _keep_order(session)
    session.connection().execute(insert(_EVENT), events)


def _keep_order(session: Session) -> None:
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
