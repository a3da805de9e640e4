"""One fault and its clients: submit meanwhile, watch, and see that everything is true afterwards."""

import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any
from uuid import uuid4

from tests.cluster.portal import FINAL, Portal, until
from tests.faults.client import Client
from tests.faults.table import Row
from tests.faults.truth import (
    books,
    check_folders,
    check_slurm,
    check_witness,
    ended,
    side_effects,
    slurm_runs,
    wait_until_none,
)
from tests.faults.witness import Witness

_AT_ONCE = 4


class Trial:
    """What one test does and knows; ``row`` is its line in the table."""

    def __init__(self, portal: Portal, row: Row) -> None:
        self.row = row
        self.witness = Witness()
        self.client = Client(portal, self.witness)
        self._numbers = itertools.count()
        self._run = uuid4().hex[:8]
        self._began = time.monotonic()

    def submit(self, param: str = "count 0", **more: Any) -> int:
        """Submit one job; the last word of its param is a mark, by which its rows are counted."""
        key = f"{self._run}-{next(self._numbers)}"
        return self.client.submit(key, f"{param} {key}", **more)

    @contextmanager
    def clients(
        self, count: int, *, turns: threading.Semaphore | None = None, **fields: str
    ) -> Iterator[list[Future[int]]]:
        """Have this many jobs submitted meanwhile, each in its turn if there are turns, and all of them watched."""

        def submit() -> int:
            if turns is not None:
                turns.acquire()
            return self.submit(**fields)

        stop = threading.Event()
        with ThreadPoolExecutor(_AT_ONCE + 1) as pool:
            watching = pool.submit(self._watch, stop)
            try:
                sent = [pool.submit(submit) for _ in range(count)]
                yield sent
                for each in sent:
                    each.result()
            finally:
                stop.set()
            watching.result()

    @contextmanager
    def clients_meet(self, fault: AbstractContextManager[None], count: int) -> Iterator[list[Future[int]]]:
        """Have jobs submitted once the fault is there; it ends with the block, before the clients are waited for."""
        with ExitStack() as stack:
            stack.enter_context(fault)
            with self.clients(count) as sent, stack.pop_all():
                yield sent

    def _watch(self, stop: threading.Event) -> None:
        while not stop.wait(0.1):
            for number in self.unfinished()[:20]:
                self.client.look(number)

    def unfinished(self) -> list[int]:
        return [number for number in list(self.witness.ids.values()) if number not in self.witness.finals]

    def reached(self, number: int, *states: str, within_s: float = 60) -> dict[str, Any]:
        def there() -> dict[str, Any] | None:
            job = self.client.look(number)
            return job if job is not None and job["state"] in states else None

        job: dict[str, Any] = until(f"job {number} in {states}", there, within_s=within_s)
        return job

    def begun(self, number: int) -> None:
        """Wait until its app has begun to count."""
        row = next(row for row in books()["jobs"] if row["id"] == number)
        until("its app has begun", lambda: side_effects(row))

    def all_ended(self, *, within_s: float) -> None:
        def left() -> list[Any]:
            jobs = [self.client.look(number) for number in self.unfinished()]
            return [job and (job["id"], job["state"]) for job in jobs if job is None or job["state"] not in FINAL]

        wait_until_none("jobs that have not ended", left, within_s=within_s)

    def true_after(self, *, within_s: float = 120, states: tuple[str, ...] = ("done",), accounted: bool = True) -> str:
        """Check all that must be true; returns it in words.

        Args:
            within_s: seconds from now in which every job has to end.
            states: in which jobs may have ended; what is ``done`` has run exactly once, all else at most once.
            accounted: Slurm's accounting must know every run. Not after its controller was killed: what it had not
                told yet it may have forgotten (24.11: a run that left its marker stayed RUNNING under an id that
                another job has since); how often a job ran is told by what it left all the same.
        """
        begun = time.monotonic()
        self.all_ended(within_s=within_s)
        took = time.monotonic() - begun
        check_slurm()
        mine = {row["id"]: row for row in books()["jobs"] if row["param"].rpartition(" ")[2] in self.witness.ids}
        jobs = {number: row for number, row in mine.items() if row["parent"] is None}
        assert sorted(jobs) == sorted(self.witness.ids.values()), "one row for each submission"
        assert [row["id"] for row in mine.values() if not ended(row)] == []
        assert {row["state"] for row in mine.values()} <= set(states)
        runs = {
            n: side_effects(row) for n, row in mine.items() if row["param"].startswith("count") and not row["tasks"]
        }
        assert [n for n, count in runs.items() if count > 1] == [], "run twice"
        assert [n for n, count in runs.items() if count != 1 and mine[n]["state"] == "done"] == [], "done without a run"
        check_witness(self.witness, mine)
        done = {n: row for n, row in jobs.items() if row["state"] == "done" and not row["tasks"]}
        self._check_accounting(done, whole=accounted)
        check_folders()
        words = ", ".join(
            f"{sum(r['state'] == s for r in jobs.values())} {s}" for s in sorted({r["state"] for r in jobs.values()})
        )
        return f"{words}; 0 lost, 0 twice, {took:.0f} s"

    def _check_accounting(self, done: dict[int, dict[str, Any]], *, whole: bool) -> None:
        """Slurm itself has run each once; its accounting may learn that later, from a controller that kept it."""
        if done:
            if whole:
                until("accounting knows every run", lambda: set(slurm_runs(done)) == set(done), within_s=60)
            assert [n for n, count in slurm_runs(done).items() if count > 1] == [], "Slurm ran it twice"
