"""How many jobs are in which state now, and how many came on each day: a task counts as a job, its batch does not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.reading.listing import GROUPS
from allgo_hpc.reading.metrics import utc_day
from allgo_hpc.states import FINAL, JobState

DAYS = 14
_LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Day:
    """One day in UTC: how many jobs were submitted, and how many of these failed."""

    day: date
    jobs: int
    failed: int


@dataclass(frozen=True)
class Counts:
    """Jobs under way by state, and those that ended within 24 hours by state."""

    active: dict[JobState, int]
    ended: dict[JobState, int]


def count_states(session: Session, now: datetime) -> Counts:
    """Count the jobs under way, and those that ended lately."""
    alone = Job.tasks == 0
    active = select(Job.state, func.count()).where(Job.state.in_(GROUPS["active"]), alone).group_by(Job.state)
    over = Job.state.in_([state.value for state in FINAL])  # so that one index has all that is asked
    ended = select(Job.state, func.count()).where(over, alone, Job.finished_at > now - _LATELY).group_by(Job.state)
    found = {JobState(state): count for state, count in session.execute(active)}
    lately = {JobState(state): count for state, count in session.execute(ended)}
    return Counts(
        {state: found.get(state, 0) for state in JobState if not state.is_final},
        {state: lately.get(state, 0) for state in JobState if state.is_final},
    )


def count_days(session: Session, now: datetime, days: int = DAYS) -> list[Day]:
    """Return the last days, today included, oldest first; days without jobs too."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    day = utc_day(session)
    failed = func.sum(case((Job.state.in_(GROUPS["failed"]), 1), else_=0))
    rows = session.execute(
        select(day, func.count(), failed)
        .where(Job.tasks == 0, Job.created_at >= datetime.combine(first, time(), UTC))
        .group_by(day)
    )
    found = {str(on): (int(count), int(bad or 0)) for on, count, bad in rows}
    spans = (first + timedelta(days=number) for number in range(days))
    return [Day(on, *found.get(on.isoformat(), (0, 0))) for on in spans]
