"""Limits that an administrator set for one user; noted in the audit log."""

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from allgo_hpc.administration.actor import Actor
from allgo_hpc.errors import BadInput
from allgo_hpc.models import User, UserQuota
from allgo_hpc.quotas.check import NAMES, set_quotas

_GB = 2**30
_MOST: dict[str, float] = {
    "jobs_at_once": 2**31 - 1,
    "jobs_a_day": 2**31 - 1,
    "stored_bytes": 2**63 - 1,
    "core_hours_a_month": 1e12,
}


def change_quotas(session: Session, by: Actor, user: User, limits: Mapping[str, float], *, reset: bool = False) -> None:
    """Give a user limits of their own; what is not named stays as it is.

    Args:
        session: of the caller.
        by: who does it.
        user: whose.
        limits: by the words of ``allgo_hpc.quotas.check.NAMES``.
        reset: first take away what the user has of their own.

    Raises:
        BadInput: below 0, or more than can be kept.
    """
    for name, most in limits.items():
        if not 0 <= most <= _MOST[name]:
            raise BadInput(f"{name}: 0 or more, at most {_MOST[name]:.0f}", field=name)
    old = own_limits(session.get(UserQuota, user.id))
    new = ({} if reset else dict(old)) | dict(limits)
    if new == old:
        return
    by.note(session, "user.quota", user.name, {"old": old, "new": new})
    set_quotas(session, user, limits, reset=reset)


def read_limits(typed: Mapping[str, str]) -> dict[str, float]:
    """Return the limits that were typed into a form, where gigabytes are GB; an empty field is no limit of one's own.

    Raises:
        BadInput: what is no number.
    """
    found: dict[str, float] = {}
    for name in NAMES:
        text = typed.get(name, "").strip().replace(",", ".")
        if not text:
            continue
        try:
            value = float(text)
        except ValueError as error:
            raise BadInput(f"{name}: a number, or nothing", field=name) from error
        if not 0 <= value < float("inf"):
            raise BadInput(f"{name}: 0 or more", field=name)
        whole = name != "core_hours_a_month"
        if whole and name != "stored_bytes" and value != int(value):
            raise BadInput(f"{name}: a whole number", field=name)
        found[name] = int(value * _GB) if name == "stored_bytes" else (int(value) if whole else value)
    return found


def own_limits(own: UserQuota | None) -> dict[str, float]:
    """Return the limits that a user has of their own."""
    if own is None:
        return {}
    return {name: most for name in NAMES if (most := getattr(own, name)) is not None}


def list_exceptions(session: Session, most: int = 200) -> list[tuple[User, dict[str, float]]]:
    """Return the users who have limits of their own, by name, with these."""
    some = or_(*(getattr(UserQuota, name).is_not(None) for name in NAMES))
    rows = session.execute(
        select(User, UserQuota)
        .join(UserQuota, UserQuota.user_id == User.id)
        .where(some)
        .order_by(User.name)
        .limit(most)
    )
    return [(user, own_limits(own)) for user, own in rows]
