"""What an error of libslurm means for a submission: by its number, as in Slurm's ``slurm_errno.h`` and in errno(3)."""

import errno
from enum import Enum


class Meaning(Enum):
    """What is known of a job whose submission failed."""

    UNREACHED = "nobody was reached, nothing was created"
    REFUSED = "the controller refused it, nothing will run"
    UNKNOWN = "the job may have been created"


# No connection came about, so nothing was sent.
_UNREACHED = frozenset(
    {
        1001,  # SLURM_COMMUNICATIONS_CONNECTION_ERROR
        1021,  # SLURM_COMMUNICATIONS_CONNECT_TIMEOUT
        1800,  # SLURMCTLD_COMMUNICATIONS_CONNECTION_ERROR
        2027,  # ESLURM_IN_STANDBY_MODE: a backup controller, which takes nothing
        2131,  # ESLURM_IN_STANDBY_USE_BACKUP
        errno.ECONNREFUSED,
        errno.EHOSTUNREACH,
        errno.EHOSTDOWN,
        errno.ENETUNREACH,
    }
)
# The controller's own answers to a request that it did not carry out; sbatch itself sends again after EAGAIN.
_REFUSALS = range(2000, 2300)
# With these the controller creates the job, or may have: their number alone proves nothing.
_NO_REFUSALS = frozenset(
    {
        2011,  # ESLURM_DUPLICATE_JOB_ID
        2013,  # ESLURM_NOT_TOP_PRIORITY
        2016,  # ESLURM_NODES_BUSY
        2038,  # ESLURM_DEPENDENCY
        2042,  # ESLURM_JOB_HELD
        2068,  # ESLURM_NODE_NOT_AVAIL
        2090,  # ESLURM_INTERNAL
    }
)


def meaning(number: int) -> Meaning:
    """Return what an error says of the job; whatever proves nothing is UNKNOWN."""
    if number in _UNREACHED:
        return Meaning.UNREACHED
    if number == errno.EAGAIN or (number in _REFUSALS and number not in _NO_REFUSALS):
        return Meaning.REFUSED
    return Meaning.UNKNOWN
