"""The states of a commit and of a sandbox, and which moves between them are legal."""

from enum import StrEnum


class CommitState(StrEnum):
    """Where a commit stands."""

    WAITING = "waiting"
    """Stored; nobody has begun."""
    BUILDING = "building"
    """The image is being made, on the build node or as a Slurm job."""
    FETCHING = "fetching"
    """The image comes over from the build node."""
    CHECKING = "checking"
    """The portal hashes and inspects it."""
    TESTING = "testing"
    """The app's sample runs as a Slurm job of this image."""
    READY = "ready"
    """It is a version."""
    FAILED = "failed"
    """It is none; the reason says why, and the version before goes on serving."""
    ABORTED = "aborted"
    """Its author ended it."""

    @property
    def is_final(self) -> bool:
        """True when nothing more will happen to it."""
        return self in {CommitState.READY, CommitState.FAILED, CommitState.ABORTED}


_ORDER = (
    CommitState.WAITING, CommitState.BUILDING, CommitState.FETCHING, CommitState.CHECKING, CommitState.TESTING,
    CommitState.READY,
)  # fmt: skip
_ENDS = frozenset({CommitState.FAILED, CommitState.ABORTED})


def may_follow(old: CommitState, new: CommitState) -> bool:
    """True when a commit may go from ``old`` to ``new``: onward, or to an end that is no version."""
    if old.is_final:
        return False
    return new in _ENDS or _ORDER.index(new) > _ORDER.index(old)


class SandboxState(StrEnum):
    """Where a sandbox stands."""

    STARTING = "starting"
    """It is being made, or started again."""
    RUNNING = "running"
    """One can log in."""
    STOPPING = "stopping"
    """Its sessions are being ended; nothing of it is lost."""
    STOPPED = "stopped"
    """Nothing runs; it is kept. A||GO says idle."""
    DISCARDING = "discarding"
    """It is being given up."""
    ERROR = "error"
    """The build node could not do what was wanted; the reason says why. What was in it is kept."""
