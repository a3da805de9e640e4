"""One sweeper at a time: a right in the database that runs out unless it is renewed."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.models import Lease

SWEEP = "sweep"


def take_lease(
    session: Session, holder: str, *, now: datetime, seconds: float, name: str = SWEEP, took_s: float | None = None
) -> bool:
    """Take or renew the right, and commit; False while somebody else holds it.

    ``took_s`` notes with it how long what it is for took the last time.

    A lease that runs out later than any can was taken under a clock that was wrong, and binds nobody.

    Two holders at once (a sweep that took longer than ``seconds``) do no harm: every move is a compare-and-swap.
    """
    until = now + timedelta(seconds=seconds)
    values: dict[str, Any] = {"holder": holder, "expires_at": until, "renewed_at": now}
    if took_s is not None:
        values["took_s"] = took_s
    latest = now + timedelta(seconds=2 * seconds)
    free = or_(Lease.holder == holder, Lease.expires_at < now, Lease.expires_at > latest)
    result = session.execute(update(Lease).where(Lease.name == name, free).values(**values))
    if isinstance(result, CursorResult) and result.rowcount == 1:
        session.commit()
        return True
    session.rollback()
    if session.get(Lease, name) is not None:
        return False
    session.add(Lease(name=name, **values))
    try:
        session.commit()
    except IntegrityError:  # another one came first
        session.rollback()
        return False
    return True


def give_lease_back(session: Session, holder: str, *, name: str = SWEEP) -> None:
    """Let the next one take over at once."""
    session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))
    session.commit()


def lease_renewed_at(session: Session, *, name: str = SWEEP) -> datetime | None:
    """Return when the right was last taken or renewed."""
    lease = session.get(Lease, name)
    return lease.renewed_at if lease is not None else None
