"""What can go wrong between the portal and Slurm: a small tree, one bit, and sentences for people."""

# ruff: noqa: N818 (the names say what happened; "Error" after each would say nothing more)


class SlurmError(Exception):
    """Something that was asked of Slurm did not come about.

    Its text is one sentence for a person. ``transient`` says whether the same request may succeed later without anybody
    changing anything.
    """

    transient: bool = False


class SlurmUnavailable(SlurmError):
    """Slurm (or its accounting) could not be asked; nothing is known and nothing was created."""

    transient = True


class CommandTimedOut(SlurmUnavailable):
    """A Slurm command gave no answer in its time; it was ended, but what it had asked may still be done.

    Args:
        message: the sentence for a person.
        err: what the command had written to stderr so far.
    """

    def __init__(self, message: str, err: bytes = b"") -> None:
        super().__init__(message)
        self.err = err


class SubmitUnknown(SlurmError):
    """A submission was sent and its answer was lost: the job may exist, look for it by its name before trying again."""

    transient = True


class SubmitRefused(SlurmError):
    """Slurm refused the job: nothing will run.

    A job refused for its memory stays in squeue for a while all the same, as FAILED with the reason BadConstraints and
    without a node (seen with 24.11 and 26.05).

    Args:
        message: the sentence for a person.
        transient: True where the same job may be accepted later (too many jobs in the queue, a closed partition).
        lacking: what the partition has not enough of for this job: ``cpus``, or ``node`` where no node has all that it
            asks for together (its memory is told so); empty for any other reason.
    """

    def __init__(self, message: str, *, transient: bool = False, lacking: str = "") -> None:
        super().__init__(message)
        self.transient = transient
        self.lacking = lacking


class CommandFailed(SlurmError):
    """A Slurm command failed in a way that is not the network's: a setting or a right is likely to be wrong."""


class AnswerUnreadable(SlurmError):
    """An answer or a file came but is cut, half-written or of another form; it says nothing about any job."""

    transient = True
