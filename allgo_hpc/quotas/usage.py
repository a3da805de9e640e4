"""What a user has used of each quota, counted from the jobs themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.reading.sorting import seconds_between
from allgo_hpc.states import JobState

_UNENDED = [state.value for state in JobState if not state.is_final]
_DAY = timedelta(days=1)
_MONTH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a user has now.

    Attributes:
        jobs_at_once: jobs (tasks of batches each for itself) that have not ended.
        jobs_a_day: jobs submitted in the last 24 hours.
        stored_bytes: bytes of files that are kept.
        core_hours_a_month: CPUs times hours of jobs that started in the last 30 days, running ones included; a job
            that had waited for longer than another 30 days is left out.
    """

    jobs_at_once: int
    jobs_a_day: int
    stored_bytes: int
    core_hours_a_month: float


def usage_of(session: Session, user_id: int, now: datetime) -> Usage:
    """Count what a user has used. A batch counts by its tasks."""
    mine = (Job.user_id == user_id, Job.tasks == 0)
    at_once = session.scalar(select(func.count()).where(*mine, Job.state.in_(_UNENDED))) or 0
    stored = session.scalar(select(func.sum(Job.stored_bytes)).where(*mine, Job.deleted_at.is_(None)))
    # Added up by the database, in one look at an index: somebody's jobs of a month may be ten thousand. What is older
    # is not looked at.
    ran = seconds_between(Job.started_at, func.coalesce(Job.finished_at, now), session.get_bind().dialect.name)
    a_day, seconds = session.execute(
        select(
            func.sum(case((Job.created_at > now - _DAY, 1), else_=0)),
            func.sum(case((and_(Job.started_at > now - _MONTH, ran > 0), Job.cpus * ran), else_=0.0)),
        ).where(*mine, Job.created_at > now - 2 * _MONTH)
    ).one()
    return Usage(
        jobs_at_once=at_once,
        jobs_a_day=int(a_day or 0),
        stored_bytes=int(stored or 0),
        core_hours_a_month=round(float(seconds or 0.0) / 3600, 3),
    )
