"""The states of a job, which moves between them are legal, and A||GO's word for each."""

from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    CREATED = "created"
    """Accepted and durable; Slurm does not have it yet."""
    SUBMITTED = "submitted"
    """Slurm gave an id."""
    PENDING = "pending"
    """Slurm says that it waits."""
    RUNNING = "running"
    """Slurm says that it runs."""
    FINISHING = "finishing"
    """The app has ended; Slurm cleans up, or its final word or the list of results is awaited."""
    DONE = "done"
    """The app ended with exit code 0 and Slurm agrees."""
    ERROR = "error"
    """The app ended with another exit code or by a signal, or Slurm could not run it."""
    TIMEOUT = "timeout"
    """Slurm ended it at its time limit."""
    OUT_OF_MEMORY = "out_of_memory"
    """A process of it was killed at its memory limit."""
    CANCELLED = "cancelled"
    """Somebody cancelled it."""
    NODE_FAILURE = "node_failure"
    """Its node failed."""
    LOST = "lost"
    """Slurm answers and knows nothing of it, and it left no exit marker."""

    @property
    def is_final(self) -> bool:
        """True when the job will not run any more."""
        return self in FINAL

    @property
    def v1_status(self) -> str:
        """A||GO's word: the only non-final word that all its clients wait on is ``in progress``."""
        if not self.is_final:
            return "in progress"
        return self.value if self in {JobState.DONE, JobState.TIMEOUT} else "error"


FINAL = frozenset(
    {
        JobState.DONE,
        JobState.ERROR,
        JobState.TIMEOUT,
        JobState.OUT_OF_MEMORY,
        JobState.CANCELLED,
        JobState.NODE_FAILURE,
        JobState.LOST,
    }
)

_ENDS = FINAL - {JobState.LOST}
# Slurm is asked now and then, what lies between two answers is not seen: every later state can follow an earlier one.
# A job can go back to pending: Slurm requeues after a node's failure where a site allows it, or somebody does by hand;
# it shows as finishing for a moment then. It goes back to created when a killed controller forgot it before it started,
# or when its node failed and its app may be started anew. A lost job that turns up becomes what it truly is.
MOVES: dict[JobState, frozenset[JobState]] = {
    JobState.CREATED: FINAL | {JobState.SUBMITTED, JobState.PENDING, JobState.RUNNING, JobState.FINISHING},
    JobState.SUBMITTED: FINAL | {JobState.CREATED, JobState.PENDING, JobState.RUNNING, JobState.FINISHING},
    JobState.PENDING: FINAL | {JobState.CREATED, JobState.RUNNING, JobState.FINISHING},
    JobState.RUNNING: FINAL | {JobState.CREATED, JobState.PENDING, JobState.FINISHING},
    JobState.FINISHING: FINAL | {JobState.CREATED, JobState.PENDING},
    JobState.LOST: _ENDS | {JobState.PENDING, JobState.RUNNING, JobState.FINISHING},
    **{state: frozenset() for state in _ENDS},
}


def is_legal(old: JobState, new: JobState) -> bool:
    """True when a job may go from ``old`` to ``new``."""
    return new in MOVES[old]
