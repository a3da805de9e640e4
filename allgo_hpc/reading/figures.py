"""How an app's latest jobs ran, in the few figures that its page shows."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from allgo_hpc.models import App
from allgo_hpc.reading.history import History, history_of
from allgo_hpc.states import JobState


@dataclass(frozen=True)
class Figures:
    """What is known of an app's latest jobs.

    Attributes:
        jobs: how many are counted.
        well: share of them that ended well; None without any.
        half_s: seconds within which half of those that ended well did; None without any.
        most_s: seconds within which nine of ten did.
    """

    jobs: int
    well: float | None
    half_s: float | None
    most_s: float | None


def figures_of(session: Session, app: App) -> Figures:
    """Return the figures of an app's latest jobs; what was cancelled, or a node or Slurm ended, does not count."""
    return to_figures(history_of(session, app, input_bytes=None))


def to_figures(history: History) -> Figures:
    """Return the figures of a history; pure."""
    runs = history.runs
    well = sum(run.state is JobState.DONE for run in runs) / len(runs) if runs else None
    return Figures(len(runs), well, history.quantile(0.5), history.quantile(0.9))
