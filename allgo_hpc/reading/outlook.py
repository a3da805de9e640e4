"""How far a running job is and how long it may still take: from what its app says, else from earlier jobs; pure."""

from dataclasses import dataclass
from datetime import datetime

from allgo_hpc.models import Job
from allgo_hpc.states import JobState

_TELLING = 0.02
"""Below that share the time that is left cannot be told from the time that is gone."""


@dataclass(frozen=True)
class Outlook:
    """What can be said of a running job.

    Attributes:
        elapsed_s: seconds it has run.
        limit_s: seconds it may run; None where that was not noted.
        share: 0 to 1, as its app said; None where it said nothing.
        left_s: seconds it may still take; None where nothing is known.
        typical_s: what half of such jobs took at most, where ``left_s`` is made of that; None where the app told.
        longer_than_usual: it has run for longer than half of such jobs.
    """

    elapsed_s: float
    limit_s: float | None
    share: float | None
    left_s: float | None
    typical_s: float | None = None
    longer_than_usual: bool = False

    @property
    def limit_share(self) -> float | None:
        """How much of its time limit is gone, 0 to 1."""
        return min(1.0, self.elapsed_s / self.limit_s) if self.limit_s else None


def needs_history(job: Job) -> bool:
    """True where a job runs and its app says nothing of use: then its app's past is asked."""
    return job.state == JobState.RUNNING and (job.progress is None or job.progress < _TELLING)


def outlook(job: Job, now: datetime, typical_s: float | None) -> Outlook | None:
    """Return what can be said of a job that runs; None for any other.

    Args:
        job: whose.
        now: the time.
        typical_s: the median of its app's jobs with such inputs; None without any.
    """
    if job.state not in {JobState.RUNNING, JobState.FINISHING} or job.started_at is None:
        return None
    elapsed = max(0.0, (now - job.started_at).total_seconds())
    limit = job.limit_minutes * 60.0 or None
    share, typical, longer = job.progress, None, False
    left: float | None = None
    if share is not None and share >= _TELLING:
        left = elapsed * (1 - share) / share
    elif typical_s is not None:
        typical, longer = typical_s, elapsed > typical_s
        left = None if longer else typical_s - elapsed
    if left is not None and limit is not None:
        left = min(left, max(0.0, limit - elapsed))
    if job.state == JobState.FINISHING:
        left = None
    return Outlook(elapsed, limit, share, left, typical, longer)
