"""Where a waiting job stands in the line, and when Slurm expects it to start.

Slurm is asked once for all jobs and at most every some seconds, whoever looks at how many pages; nobody waits long for
its answer.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from slurm import SlurmClient, SlurmError, Waiting

_log = logging.getLogger(__name__)
FRESH_S = 10.0
"""How old an answer may be before Slurm is asked again."""
_STALE_S = 60.0
"""How old it may be before it is shown no more."""
_PATIENCE_S = 0.3
"""How long a page waits for the first answer."""


@dataclass(frozen=True)
class Place:
    """Where a job stands.

    Attributes:
        position: 1: the next of those that want its partition; an array counts as one.
        of: how many wait there.
        starts_at: when Slurm expects it to start; None where it does not say.
    """

    position: int
    of: int
    starts_at: datetime | None


def place_of(line: Sequence[Waiting], slurm_id: int) -> Place | None:
    """Return the place of a job in the line; None where it is not in it; pure."""
    own = next((one for one in line if one.job_id == slurm_id), None)
    if own is None:
        return None
    rivals = [one.job_id for one in line if one.partitions & own.partitions]
    return Place(rivals.index(slurm_id) + 1, len(rivals), own.starts_at)


class Line:
    """The line as Slurm last told it, for all pages of one process."""

    def __init__(self, client: SlurmClient) -> None:
        """Take whom to ask; nobody is asked before somebody wants to know."""
        self._client = client
        self._lock = threading.Lock()
        self._told: list[Waiting] = []
        self._told_at: float | None = None
        self._asked_at: float | None = None
        self._answered = threading.Event()

    def place(self, slurm_id: int) -> Place | None:
        """Return where a job stands, by an answer of the last minute; None where that is not known."""
        now = time.monotonic()
        with self._lock:
            if self._asked_at is None or now - self._asked_at >= FRESH_S:
                self._asked_at = now
                self._answered.clear()
                threading.Thread(target=self._ask, name="line", daemon=True).start()
        if self._told_at is None or now - self._told_at >= FRESH_S:
            self._answered.wait(_PATIENCE_S)
        with self._lock:
            told_at = self._told_at
            line = self._told
        if told_at is None or time.monotonic() - told_at > _STALE_S:
            return None
        return place_of(line, slurm_id)

    def _ask(self) -> None:
        try:
            told = self._client.waiting()
        except SlurmError as error:
            _log.info("nobody knows the line: %s", error)
        else:
            with self._lock:
                self._told, self._told_at = told, time.monotonic()
        finally:
            self._answered.set()
