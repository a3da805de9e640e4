"""Refuses what would pass a quota: with the figure, the limit and whom to ask."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from allgo_hpc.database import take_turn
from allgo_hpc.errors import OverQuota
from allgo_hpc.models import User, UserQuota
from allgo_hpc.quotas.usage import Usage, usage_of
from allgo_hpc.reading.why import size
from allgo_hpc.settings import Settings

_USER = cast(Table, User.__table__)
_LOCK = update(_USER).where(_USER.c.id == bindparam("user")).values(active=_USER.c.active)
NAMES = ("jobs_at_once", "jobs_a_day", "stored_bytes", "core_hours_a_month")


def limits_of(session: Session, user: User, settings: Settings) -> dict[str, float | None]:
    """Return a user's limits: the site's, but where the user has one of their own. 0 in the settings is no limit."""
    own = session.get(UserQuota, user.id)
    found: dict[str, float | None] = {}
    for name in NAMES:
        mine = getattr(own, name) if own is not None else None
        site = getattr(settings, f"quota_{name}") or None
        found[name] = site if mine is None else mine
    return found


def set_quotas(session: Session, user: User, limits: Mapping[str, float], *, reset: bool = False) -> None:
    """Give a user limits of their own, and commit; what is not named stays as it is.

    Args:
        session: of the caller.
        user: whose.
        limits: by the words of ``NAMES``.
        reset: first take away what the user has of their own.
    """
    own = session.get(UserQuota, user.id)
    if own is None:
        own = UserQuota(user_id=user.id)
        session.add(own)
    for name in NAMES if reset else ():
        setattr(own, name, None)
    for name, most in limits.items():
        setattr(own, name, most)
    session.commit()


def lock_user(session: Session, user: User) -> None:
    """Make submissions of one user come one after the other until the end of the transaction.

    The row is written as it is: PostgreSQL locks it, SQLite takes its one right to write. The transaction must not have
    read anything before.
    """
    user_id = user.id
    take_turn(session)
    session.connection().execute(_LOCK, {"user": user_id})


def check_quotas(
    session: Session, settings: Settings, user: User, *, jobs: int, input_bytes: int, now: datetime
) -> None:
    """Refuse a submission that would pass one of its user's quotas; call ``lock_user`` first.

    Raises:
        OverQuota: naming the figure, the limit and whom to ask.
    """
    limits = limits_of(session, user, settings)
    if all(most is None for most in limits.values()):
        return
    used = usage_of(session, user.id, now)
    adds: dict[str, float] = {
        "jobs_at_once": jobs, "jobs_a_day": jobs, "stored_bytes": input_bytes, "core_hours_a_month": 0.0,
    }  # fmt: skip
    for name, most in limits.items():
        has = getattr(used, name)
        over = has >= most if most is not None and name == "core_hours_a_month" else False
        if most is not None and (over or has + adds[name] > most):
            raise OverQuota(sentence(name, used, adds[name], most, settings.contact), field=name)


def check_stored(session: Session, settings: Settings, user: User, now: datetime) -> None:
    """Refuse to keep files longer for somebody who stores more than their quota.

    Raises:
        OverQuota: naming the figure, the limit and whom to ask.
    """
    most = limits_of(session, user, settings)["stored_bytes"]
    used = usage_of(session, user.id, now)
    if most is not None and used.stored_bytes > most:
        raise OverQuota(sentence("stored_bytes", used, 0, most, settings.contact), field="stored_bytes")


def sentence(name: str, used: Usage, more: float, most: float, contact: str) -> str:
    """Return what is said to somebody who would pass a quota; pure."""
    has = getattr(used, name)
    words = {
        "jobs_at_once": f"you have {has} jobs that have not ended, and this adds {more:.0f}; the limit is {most:.0f}",
        "jobs_a_day": f"you submitted {has} jobs in 24 hours, and this adds {more:.0f}; the limit is {most:.0f}",
        "stored_bytes": f"your files take {size(has)}, and this adds {size(more)}; the limit is {size(most)}: "
        "delete jobs that you do not need any more",
        "core_hours_a_month": f"your jobs used {has:.1f} core-hours in the last 30 days; the limit is {most:.1f}",
    }
    ask = f" Ask {contact} for more." if contact else ""
    return f"{words[name]}.{ask}"
