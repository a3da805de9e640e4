"""What a user has used of each quota, counted from the jobs themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.states import FINAL

_ENDED = [state.value for state in FINAL]
_DAY = timedelta(days=1)
_MONTH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a user has now.

    Attributes:
        jobs_at_once: jobs (tasks of batches each for itself) that have not ended.
        jobs_a_day: jobs submitted in the last 24 hours.
        stored_bytes: bytes of files that are kept.
        core_hours_a_month: CPUs times hours of jobs that started in the last 30 days, running ones included.
    """

    jobs_at_once: int
    jobs_a_day: int
    stored_bytes: int
    core_hours_a_month: float


def usage_of(session: Session, user_id: int, now: datetime) -> Usage:
    """Count what a user has used. A batch counts by its tasks."""
    mine = (Job.user_id == user_id, Job.tasks == 0)
    at_once = session.scalar(select(func.count()).where(*mine, Job.state.not_in(_ENDED))) or 0
    a_day = session.scalar(select(func.count()).where(*mine, Job.created_at > now - _DAY)) or 0
    stored = session.scalar(select(func.sum(Job.stored_bytes)).where(*mine, Job.deleted_at.is_(None))) or 0
    ran = session.execute(select(Job.cpus, Job.started_at, Job.finished_at).where(*mine, Job.started_at > now - _MONTH))
    seconds = sum(cpus * max(0.0, ((end or now) - start).total_seconds()) for cpus, start, end in ran if start)
    return Usage(
        jobs_at_once=at_once, jobs_a_day=a_day, stored_bytes=int(stored), core_hours_a_month=round(seconds / 3600, 3)
    )
