"""Slurm's words for the state of a job, and what each of them means.

The words are those of ``enum job_states`` and of the ``JOB_*`` flags in ``slurm/slurm.h`` of Slurm 24.11 and 26.05
(EXPEDITING came with 25.11). Commands show either a base state or, in its place, one flag.
"""

import logging
from enum import Enum, StrEnum

_log = logging.getLogger(__name__)
_WARNED_AT_MOST = 100
_warned: set[str] = set()


class Phase(Enum):
    """Where in its life a job is, as far as one word of Slurm's can tell."""

    PENDING = "pending"
    RUNNING = "running"
    FINISHING = "finishing"
    FINAL = "final"
    UNKNOWN = "unknown"


class State(StrEnum):
    """A job state as Slurm writes it, or UNDETERMINED for a word that this release of the portal does not know."""

    # Base states
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    TIMEOUT = "TIMEOUT"
    NODE_FAIL = "NODE_FAIL"
    PREEMPTED = "PREEMPTED"
    BOOT_FAIL = "BOOT_FAIL"
    DEADLINE = "DEADLINE"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    # Flags
    LAUNCH_FAILED = "LAUNCH_FAILED"
    UPDATE_DB = "UPDATE_DB"
    REQUEUED = "REQUEUED"
    REQUEUE_HOLD = "REQUEUE_HOLD"
    SPECIAL_EXIT = "SPECIAL_EXIT"
    RESIZING = "RESIZING"
    CONFIGURING = "CONFIGURING"
    COMPLETING = "COMPLETING"
    STOPPED = "STOPPED"
    RECONFIG_FAIL = "RECONFIG_FAIL"
    POWER_UP_NODE = "POWER_UP_NODE"
    REVOKED = "REVOKED"
    REQUEUE_FED = "REQUEUE_FED"
    RESV_DEL_HOLD = "RESV_DEL_HOLD"
    SIGNALING = "SIGNALING"
    STAGE_OUT = "STAGE_OUT"
    EXPEDITING = "EXPEDITING"
    # Ours
    UNDETERMINED = "UNDETERMINED"

    @property
    def phase(self) -> Phase:
        """Where in its life a job with this word is."""
        return _MEANING[self][0]

    @property
    def sentence(self) -> str:
        """What the word means, as one sentence for a person."""
        return _MEANING[self][1]

    @property
    def is_final(self) -> bool:
        """Whether Slurm will do nothing more with the job."""
        return self.phase is Phase.FINAL

    @property
    def is_success(self) -> bool:
        """Whether Slurm calls the job a success (the only word that does is COMPLETED)."""
        return self is State.COMPLETED


# A word that may stand beside any base state says nothing of where the job is: UNKNOWN moves nothing.
_MEANING: dict[State, tuple[Phase, str]] = {
    State.PENDING: (Phase.PENDING, "The job waits for its turn."),
    State.RUNNING: (Phase.RUNNING, "The job runs."),
    State.SUSPENDED: (Phase.RUNNING, "The job was suspended and keeps its place."),
    State.COMPLETED: (Phase.FINAL, "The job ended with exit code 0."),
    State.CANCELLED: (Phase.FINAL, "The job was cancelled by its user or an administrator."),
    State.FAILED: (Phase.FINAL, "The job ended with an exit code other than 0."),
    State.TIMEOUT: (Phase.FINAL, "The job reached its time limit and was ended."),
    State.NODE_FAIL: (Phase.FINAL, "The machine that ran the job failed."),
    State.PREEMPTED: (Phase.FINAL, "The job was ended to make room for one of higher priority."),
    State.BOOT_FAIL: (Phase.FINAL, "The machine that was to run the job did not start."),
    State.DEADLINE: (Phase.FINAL, "The job was ended at its deadline."),
    State.OUT_OF_MEMORY: (Phase.FINAL, "The job used more memory than it had asked for and was ended."),
    State.LAUNCH_FAILED: (Phase.UNKNOWN, "The job could not be started on its machine."),
    State.UPDATE_DB: (Phase.UNKNOWN, "Slurm is writing the job to its accounting."),
    State.REQUEUED: (Phase.PENDING, "The job was put back in the queue."),
    State.REQUEUE_HOLD: (Phase.PENDING, "The job was put back in the queue and is held there."),
    State.SPECIAL_EXIT: (Phase.PENDING, "The job asked to be put back in the queue and is held there."),
    State.RESIZING: (Phase.RUNNING, "The job's resources are about to change."),
    State.CONFIGURING: (Phase.PENDING, "The job has its machine, which is being made ready."),
    State.COMPLETING: (Phase.FINISHING, "The job has ended and is being cleaned up."),
    State.STOPPED: (Phase.RUNNING, "The job was stopped by a signal and keeps its place."),
    State.RECONFIG_FAIL: (Phase.UNKNOWN, "The job's machine could not be reconfigured."),
    State.POWER_UP_NODE: (Phase.PENDING, "The job's machine is being powered up."),
    State.REVOKED: (Phase.UNKNOWN, "Another cluster of the federation took the job."),
    State.REQUEUE_FED: (Phase.PENDING, "The job is being put back in the queue of its federation."),
    State.RESV_DEL_HOLD: (Phase.PENDING, "The job is held because its reservation was deleted."),
    State.SIGNALING: (Phase.RUNNING, "A signal is on its way to the job."),
    State.STAGE_OUT: (Phase.FINISHING, "The job has ended and its files are being copied out."),
    State.EXPEDITING: (Phase.FINISHING, "The job has ended and Slurm checks whether it is to start again at once."),
    State.UNDETERMINED: (Phase.UNKNOWN, "Slurm gave a state that this release does not know."),
}


def parse_state(word: str) -> State:
    """Turn a state as a command printed it into a State.

    Takes ``CANCELLED by 1000`` (sacct), a word cut by a column's width (``CANCELLED+``, ``OUT_OF_ME+``) and any case.
    A word that is not known gives UNDETERMINED, and one warning in the log per word, so that a later Slurm release
    cannot end a job by a word of its own.
    """
    parts = word.split(maxsplit=1)
    first = parts[0].upper() if parts else ""
    stem = first.removesuffix("+")
    if stem in State.__members__:
        return State(stem)
    if stem and first.endswith("+"):
        matches = [state for state in State if state.value.startswith(stem) and state is not State.UNDETERMINED]
        if len(matches) == 1:
            return matches[0]
    if first not in _warned and len(_warned) < _WARNED_AT_MOST:
        _warned.add(first)
        _log.warning("Slurm gave the unknown job state %r: it is taken as undetermined and moves nothing", word[:80])
    return State.UNDETERMINED
