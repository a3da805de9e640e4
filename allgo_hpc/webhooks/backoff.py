"""When a message that was not taken is tried again; pure."""

from datetime import datetime, timedelta

_S, _MIN, _H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
WAITS = (10 * _S, 1 * _MIN, 5 * _MIN, 30 * _MIN, 2 * _H, 6 * _H, 12 * _H, 24 * _H)
"""What lies between one attempt and the next: the first bridge a restart of the receiver, the last a night or a
day. After the ninth attempt, 45 hours after the first, it is given up."""


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after so many attempts that failed; None: no more."""
    return now + WAITS[attempts - 1] if attempts <= len(WAITS) else None
