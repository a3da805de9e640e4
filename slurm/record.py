"""What Slurm said of one job, once."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from slurm.states import Phase, State

Source = Literal["controller", "accounting"]


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """One job as the controller (squeue) or the accounting (sacct) described it.

    An id alone identifies nothing: a controller that crashed right after an answer gives the same id out again. Compare
    ``comment`` and ``submitted_at`` too.

    Attributes:
        job_id: Slurm's id; of a task, its array's.
        name: the job name.
        comment: our mark.
        state: the state, as this release understands it.
        word: the state exactly as Slurm printed it.
        reason: why the job waits or ended, in Slurm's words; empty if none.
        exit_code: of the script (0-255); None while the job has not ended or where it was not told.
        signal: the signal that ended the script, 0 if none; None like ``exit_code``. Of a job that Slurm ended (time
            limit, cancelled) the controller says 15 and the accounting 0.
        submitted_at: in UTC, to the second.
        started_at: in UTC; None while the job waits (Slurm's guess of a start is left out).
        finished_at: in UTC; None until the job has ended (Slurm's latest possible end is left out).
        nodes: where it runs or ran; empty if nowhere.
        source: who said it.
        elapsed_s: seconds it ran, from the accounting.
        cpu_s: seconds of processor time it used, from the accounting.
        max_rss_bytes: the most memory one of its processes held, from the accounting.
        task: its number in its array; None for what is no task.
    """

    job_id: int
    name: str
    comment: str
    state: State
    word: str
    reason: str
    exit_code: int | None
    signal: int | None
    submitted_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    nodes: str
    source: Source
    elapsed_s: int | None = None
    cpu_s: float | None = None
    max_rss_bytes: int | None = None
    task: int | None = None

    @cached_property
    def may_be_ended(self) -> bool:
        """Whether the controller still has it at work or waiting: not when it is being cleaned up or over."""
        return self.source == "controller" and self.state.phase in {Phase.PENDING, Phase.RUNNING, Phase.UNKNOWN}
