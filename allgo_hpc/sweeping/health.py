"""Notes since when each part of the cluster answers, or does not: an answer can say how old its news are."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.models import Health
from allgo_hpc.models.health import ACCOUNTING, CONTROLLER

__all__ = ["ACCOUNTING", "CONTROLLER", "note_health", "read_health"]
_NOTED_EVERY = timedelta(seconds=10)
_LONGEST = 500


def note_health(session: Session, name: str, now: datetime, *, answered: bool, said: str = "") -> None:
    """Note that a part answered, or what was heard instead, and commit; an unchanged state is written every 10 s."""
    row = session.get(Health, name)
    if row is None:
        row = Health(name=name, answered_at=None, silent_since=None, said="")
        session.add(row)
    if answered:
        if row.silent_since is None and _is_fresh(row.answered_at, now):
            return
        row.answered_at, row.silent_since, row.said = now, None, ""
    else:
        since = min(row.silent_since or now, now)
        if row.silent_since == since and row.said == said[:_LONGEST]:
            return
        row.silent_since, row.said = since, said[:_LONGEST]
    try:
        session.commit()
    except IntegrityError:  # another sweep was the first to note this part; its word is as good
        session.rollback()


def _is_fresh(at: datetime | None, now: datetime) -> bool:
    """A time of the future is none: a clock was ahead when it was noted."""
    return at is not None and timedelta(0) <= now - at < _NOTED_EVERY


def read_health(session: Session) -> dict[str, Health]:
    """Return what was last noted, by part; empty before the first sweep."""
    return {row.name: row for row in session.scalars(select(Health))}
