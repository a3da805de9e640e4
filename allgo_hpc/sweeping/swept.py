"""What one pass of the sweep did."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Swept:
    """What one pass did.

    Attributes:
        unfinished: jobs that are not over.
        changed: of these, how many changed.
        failed: of these, how many could not be followed.
        slurm_answered: whether Slurm did.
        finishing: jobs whose app has ended and whose last word is awaited.
        again: whether the next pass is due: a short answer says that something has changed, or jobs were left to it.
    """

    unfinished: int
    changed: int
    failed: int
    slurm_answered: bool
    finishing: int = 0
    again: bool = False
