"""What stands beside the list of somebody's jobs: what is under way, and what is removed soon."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.models import App, Job, User
from allgo_hpc.reading.listing import GROUPS

SOON = timedelta(days=7)
_SHOWN = 5


def count_active(session: Session, user: User) -> int:
    """Return how many of a user's jobs have not ended; a batch is one."""
    active = (Job.user_id == user.id, Job.state.in_(GROUPS["active"]), Job.parent_id.is_(None))
    return session.scalar(select(func.count()).where(*active)) or 0


def apps_used(session: Session, user: User | None = None) -> list[str]:
    """Return the names of the apps that a user (or, for None, anybody) has run."""
    # One look at an index for each app, which are fewer than jobs.
    used = select(Job.id).where(Job.app_id == App.id)
    if user is not None:
        used = used.where(Job.user_id == user.id)
    return list(session.scalars(select(App.name).where(used.exists()).order_by(App.name)))


def expire_soon(session: Session, user: User, now: datetime) -> Sequence[Job]:
    """Return those of a user's jobs whose files are removed within a week, the next ones first: five of them."""
    return session.scalars(
        select(Job)
        .where(
            Job.user_id == user.id, Job.expires_at < now + SOON, Job.deleted_at.is_(None), Job.parent_id.is_(None),
            Job.state.in_([state for name, states in GROUPS.items() if name != "active" for state in states]),
        )
        .order_by(Job.expires_at)
        .options(joinedload(Job.app))
        .limit(_SHOWN)
    ).all()  # fmt: skip
