"""Remembers every answer that a client got, and says which of them have become false."""

import threading
from collections import Counter
from typing import Any

import requests

from tests.cluster.portal import FINAL

_KEPT = ("state", "status", "exit_code", "finished_at")
"""What was said of an ended job stays so."""


class Witness:
    """One for each trial; many clients tell it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.ids: dict[str, int] = {}
        """The job that each submission was told to be, by its Idempotency-Key."""
        self.finals: dict[int, dict[str, Any]] = {}
        self.lies: list[str] = []
        self.posts: Counter[str] = Counter()
        """What submitting clients met."""
        self.reads: Counter[str] = Counter()
        """What reading clients met."""
        self.said: set[str] = set()
        """Reasons that the API gave for jobs that had not ended."""

    def accepted(self, key: str, number: int) -> None:
        with self._lock:
            before = self.ids.setdefault(key, number)
            if before != number:
                self.lies.append(f"{key} was job {before}, then job {number}")

    def told(self, job: dict[str, Any]) -> None:
        number = job["id"]
        with self._lock:
            before = self.finals.get(number)
            if job["state"] in FINAL:
                words = {name: job.get(name) for name in _KEPT} | {"files": sorted(job.get(str(number)) or {})}
                if before is not None and before != words:
                    self.lies.append(f"job {number} had ended as {before}, then as {words}")
                self.finals[number] = words
            else:
                if before is not None:
                    self.lies.append(f"job {number} had ended as {before}, then was {job['state']}")
                if job.get("reason"):
                    self.said.add(job["reason"])

    def refused(self, number: int, status: int) -> None:
        """Note an answer about an accepted job that is no job."""
        if status in {requests.codes.not_found, requests.codes.gone}:
            with self._lock:
                self.lies.append(f"job {number} had been accepted, then the answer was {status}")

    def met(self, where: Counter[str], what: str) -> None:
        with self._lock:
            where[what] += 1
