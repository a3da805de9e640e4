"""What happened to an app's sandbox and commits, as it is told."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import App, AppEvent, Commit
from allgo_hpc.times import stamp

_MOST = 500


def newest_app_event(session: Session, app: App) -> int:
    """Return the number of the newest event of an app; 0 where there is none."""
    return session.scalar(select(func.max(AppEvent.id)).where(AppEvent.app_id == app.id)) or 0


def app_events_after(session: Session, app_id: int, last: int) -> list[dict[str, Any]]:
    """Return the events of an app after a number, oldest first, as they are told."""
    found = session.scalars(
        select(AppEvent).where(AppEvent.app_id == app_id, AppEvent.id > last).order_by(AppEvent.id).limit(_MOST)
    )
    return [
        {
            "event": one.id,
            "commit": one.commit_id,
            "old": one.old,
            "state": one.new or "none",
            "reason": one.detail,
            "at": stamp(one.at),
        }
        for one in found
    ]


def progress_of(session: Session, app_id: int) -> dict[str, Any] | None:
    """Return how far the commit that is under way is; None where there is none."""
    commit = session.scalar(select(Commit).where(Commit.app_id == app_id, Commit.finished_at.is_(None)))
    if commit is None:
        return None
    return {"commit": commit.id, "state": commit.state, "percent": commit.percent, "log": commit.log}
