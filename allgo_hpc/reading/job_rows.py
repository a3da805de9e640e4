"""What a list says of each of its jobs beyond the job's own row, asked for once for all of a page."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.states import FINAL, JobState


@dataclass(frozen=True)
class JobRow:
    """A job in a list.

    Attributes:
        job: itself.
        tasks: of a batch: how many of its tasks are in which state.
        stored_bytes: what its files take, those of its tasks included.
        ran_s: seconds that it ran, or runs so far; None: it has not started.
    """

    job: Job
    tasks: Counter[JobState]
    stored_bytes: int
    ran_s: float | None

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return JobState(self.job.state).is_final

    @property
    def tasks_ended(self) -> int:
        """How many tasks of a batch have ended."""
        return sum(count for state, count in self.tasks.items() if state in FINAL)

    @property
    def tasks_failed(self) -> int:
        """How many tasks of a batch have ended, but not well."""
        return sum(count for state, count in self.tasks.items() if state in FINAL - {JobState.DONE})


def rows_of(session: Session, jobs: Sequence[Job], now: datetime) -> list[JobRow]:
    """Return these jobs as rows of a list, in their order; one question for all batches among them."""
    batches = [job.id for job in jobs if job.tasks]
    states: dict[int, Counter[JobState]] = {number: Counter() for number in batches}
    stored: Counter[int] = Counter()
    if batches:
        found = session.execute(
            select(Job.parent_id, Job.state, func.count(), func.sum(Job.stored_bytes))
            .where(Job.parent_id.in_(batches))
            .group_by(Job.parent_id, Job.state)
        )
        for parent, state, count, size in found:
            states[parent or 0][JobState(state)] += count
            stored[parent or 0] += int(size or 0)
    return [
        JobRow(job, states.get(job.id, Counter()), job.stored_bytes + stored[job.id], _ran(job, now)) for job in jobs
    ]


def _ran(job: Job, now: datetime) -> float | None:
    if job.started_at is None:
        return None
    end = job.finished_at or (now if not JobState(job.state).is_final else None)
    return max(0.0, (end - job.started_at).total_seconds()) if end is not None else None
