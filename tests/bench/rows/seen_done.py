"""seen done: from the end of a job's script to ``done`` in the event stream, with the controller's poke and without."""

import json
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import requests

from tests.bench.figures import Figure, bound, percentile
from tests.bench.line import Line
from tests.bench.site import Site
from tests.bench.small import small_request, submit_small
from tests.cluster.portal import until

_CONTROLLERS = Path("/var/spool/allgo-poke/ended")
_SCRIPTS = Path("/srv/allgo/.poke")
_PATIENCE_S = 60.0
_AT_REST_S = 3.0


class Stream:
    """One open event stream, and when each job's end came in it."""

    def __init__(self, site: Site) -> None:
        self._ends: dict[int, float] = {}
        self._came = threading.Condition()
        self._answer = site.session.get(f"{site.portal.url}/api/v1/events", stream=True, timeout=_PATIENCE_S)
        self._answer.raise_for_status()
        threading.Thread(target=self._read, daemon=True).start()

    def end_of(self, job: int) -> float:
        """When it was told that a job is done, as the time of day.

        Raises:
            TimeoutError: it was not.
        """
        with self._came:
            if not self._came.wait_for(lambda: job in self._ends, _PATIENCE_S):
                raise TimeoutError(f"the stream did not tell the end of job {job}")
            return self._ends[job]

    def close(self) -> None:
        """Listen no more."""
        self._answer.close()

    def _read(self) -> None:
        try:
            for line in self._answer.iter_lines(chunk_size=1):
                now = time.time()
                told = json.loads(line.removeprefix(b"data: ")) if line.startswith(b"data: ") else {}
                if told.get("state") == "done":
                    with self._came:
                        self._ends[told["job"]] = now
                        self._came.notify_all()
        except (requests.RequestException, AttributeError):
            return  # closed


def measure(site: Site) -> Iterable[Figure]:
    """One job after the other: with both pokes, without the controller's, without any."""
    wait_for_hook()
    stream = Stream(site)
    try:
        list(delays_s(site, stream, 3))  # the first ones read code
        yield _row(site, stream, "seen done", "<= 100")
        with _away(_CONTROLLERS):
            yield _row(site, stream, "seen done, without poke", "<= 1500")
            with _shut(_SCRIPTS):
                yield _row(site, stream, "seen done, without any poke", "<= 1500")
    finally:
        stream.close()


def wait_for_hook() -> None:
    """Wait until the controller's hook has done with earlier jobs: it is called for each that was cancelled, too."""
    until("the controller's hook has done with earlier jobs", _hook_rests, within_s=300)


def _hook_rests() -> bool:
    """True where it has not been called for some seconds."""
    return time.time() - _CONTROLLERS.stat().st_mtime > _AT_REST_S


def _row(site: Site, stream: Stream, name: str, target: str) -> Figure:
    delays = [1000 * delay for delay in delays_s(site, stream, max(30, site.often))]
    return bound(name, delays, "ms", target, value=percentile(delays, 95))


def delays_s(site: Site, stream: Stream, count: int) -> Iterator[float]:
    """Run jobs one after the other; gives the seconds from each one's end to the moment at which it was told."""
    with Line(site) as line:
        request = small_request(line, "standard")
        for _ in range(count):
            job = submit_small(line, request)
            seen = stream.end_of(job)
            told = line.ask(line.request("GET", f"/api/v1/jobs/{job}"))
            yield seen - datetime.fromisoformat(told["finished_at"]).timestamp()


@contextmanager
def _away(poke: Path) -> Iterator[None]:
    """Take the controller's file away: its hook makes none."""
    aside = poke.with_name("aside")
    poke.rename(aside)
    try:
        yield
    finally:
        aside.rename(poke)


@contextmanager
def _shut(poke: Path) -> Iterator[None]:
    """Put a file there that neither script nor portal can touch."""
    poke.unlink(missing_ok=True)
    poke.touch(mode=0o600)
    os.chown(poke, 0, 0)
    try:
        yield
    finally:
        poke.unlink()
