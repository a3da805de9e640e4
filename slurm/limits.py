"""The time limit's approach: who tells the command to end, and when, so that what it has done so far can be kept."""

from dataclasses import dataclass

# Up to this limit, in minutes, the script keeps the time itself. Slurm looks at limits every 30 s and may warn a minute
# early (sbatch(1), --signal): with a limit of 60 s the warning came 0.6 to 27 s after the start, and the job was killed
# after 61 to 113 s (24.11 and 26.05).
SHORT_MIN = 5
_SHORT_GRACE_S = 7
_LONG_GRACE_S = 30
# What remains for the marker after the command was killed.
_SPARE_S = 2
_MOST_S = 65535  # what sbatch takes


@dataclass(frozen=True, kw_only=True)
class LimitWarning:
    """When a command is told to end before its time limit.

    Attributes:
        by_slurm_s: seconds before the limit at which Slurm sends USR2 to the script; 0 where the script's timer does.
        stop_after_s: seconds after the script's start at which its own timer does; 0 where Slurm does.
        kill_after_s: seconds between the command's TERM and its KILL.
    """

    by_slurm_s: int
    stop_after_s: int
    kill_after_s: int


def limit_warning(limit_min: int, grace_s: int | None) -> LimitWarning:
    """Return how a command with a limit of ``limit_min`` minutes is told to end ``grace_s`` seconds before it.

    Args:
        limit_min: the time limit in minutes.
        grace_s: None for 7 s up to a limit of 5 minutes and 30 s above it. Slurm's own warning may come up to 60 s
            before that.

    Raises:
        ValueError: ``grace_s`` is not 3 or more, or more than half of the time limit.
    """
    short = limit_min <= SHORT_MIN
    if grace_s is None:
        grace_s = _SHORT_GRACE_S if short else _LONG_GRACE_S
    most = min(limit_min * 30, _MOST_S)
    if not isinstance(grace_s, int) or isinstance(grace_s, bool) or not _SPARE_S < grace_s <= most:
        raise ValueError(f"grace_s must be a whole number from {_SPARE_S + 1} to {most}, not {grace_s!r}")
    return LimitWarning(
        by_slurm_s=0 if short else grace_s,
        stop_after_s=limit_min * 60 - grace_s if short else 0,
        kill_after_s=grace_s - _SPARE_S,
    )
