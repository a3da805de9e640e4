"""How long an app's jobs ran, and how they ended: what its past says of the next job; pure but for one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.models import App, Job
from allgo_hpc.states import JobState

_LATEST = 1000
_ALIKE = 4
"""Inputs are alike in size when neither is more than four times the other."""
_FEW = 5
"""Below so many jobs of alike inputs all jobs of the app are taken."""
_TELLING = (JobState.DONE, JobState.ERROR, JobState.TIMEOUT, JobState.OUT_OF_MEMORY)
"""Ends that say something of the app: not what was cancelled, nor what a node or Slurm did."""


@dataclass(frozen=True)
class Run:
    """One ended job: how, after how many seconds, with how many bytes of input."""

    state: JobState
    seconds: float
    input_bytes: int


@dataclass(frozen=True)
class History:
    """What is known of an app's jobs.

    Attributes:
        runs: those that count, as they were chosen.
        alike: True when they are those with inputs of about the size that was asked for.
    """

    runs: Sequence[Run]
    alike: bool

    @property
    def failed_share(self) -> float | None:
        """Share of jobs that ended by themselves and not well; None without any. A time limit is not a failure."""
        ended = [run for run in self.runs if run.state is not JobState.TIMEOUT]
        return sum(run.state is not JobState.DONE for run in ended) / len(ended) if ended else None

    def quantile(self, share: float) -> float | None:
        """Return the seconds within which that share of the jobs that ended well did so; None without any."""
        seconds = sorted(run.seconds for run in self.runs if run.state is JobState.DONE)
        return seconds[max(0, ceil(share * len(seconds)) - 1)] if seconds else None

    def within(self, limit_s: float) -> float | None:
        """Return the share of jobs that end within a limit; None where nothing is known.

        A job that was ended at a limit is known to take longer than that, so it counts only against limits up to it.
        """
        known = [run for run in self.runs if run.state is JobState.DONE or run.seconds >= limit_s]
        return (
            sum(run.state is JobState.DONE and run.seconds <= limit_s for run in known) / len(known) if known else None
        )


def history_of(session: Session, app: App, *, input_bytes: int | None) -> History:
    """Return the history of an app's latest jobs, for an input of a size where that is known."""
    rows = session.execute(
        select(Job.state, Job.started_at, Job.finished_at, Job.input_bytes)
        .where(Job.app_id == app.id, Job.tasks == 0, Job.state.in_([state.value for state in _TELLING]))
        .order_by(Job.id.desc())
        .limit(_LATEST)
    ).all()
    return choose_runs(
        [
            Run(JobState(state), (finished_at - started_at).total_seconds(), size)
            for state, started_at, finished_at, size in rows
            if started_at and finished_at
        ],
        input_bytes,
    )


def choose_runs(runs: Sequence[Run], input_bytes: int | None) -> History:
    """Take the jobs with inputs of about that size, or all where these are too few; pure."""
    if input_bytes is None:
        return History(runs, alike=False)
    wanted = max(1, input_bytes)
    alike = [run for run in runs if wanted / _ALIKE <= max(1, run.input_bytes) <= wanted * _ALIKE]
    return History(alike, alike=True) if len(alike) >= _FEW else History(runs, alike=False)
