"""purge: ten thousand expired jobs removed by the housekeeping, against rm -rf of a copy; and who asks meanwhile."""

import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.figures import Figure, bound, in_turn
from tests.bench.site import Site, scratch
from tests.bench.stored import stock, stored_jobs
from tests.bench.transfer import settle_disk

_JOBS = 10_000
_ROUNDS = 3
_EVERY_S = 0.005
_ROOT = Path("/srv/allgo")


def measure(site: Site) -> Iterable[Figure]:
    """Rounds of both; the portal's time is that of giving the files up and of removing them, an hour later."""
    ours, theirs, stalls = [], [], []
    number = site.portal.finished(site.portal.submit("textstats", "-top 5", files={"files[0]": ("a.txt", b"a b\n")}))[
        "id"
    ]
    for _ in range(_ROUNDS):
        with stored_jobs(_JOBS, folders=True, expired=True):
            copy = scratch() / "tree"
            copy.mkdir()
            for name in ("datastore", "control"):
                subprocess.run(["cp", "-a", str(_ROOT / name), str(copy)], check=True)
            settle_disk()
            with _asked(site, int(number)) as waited:
                gone, removed, marking, removing = stock("purge").split()
            if (int(gone), int(removed)) != (_JOBS, 2 * _JOBS):
                raise ValueError(f"{gone} jobs and {removed} folders were removed, not all")
            ours.append(float(marking) + float(removing))
            stalls.append(1000 * max(waited))
            settle_disk()
            began = time.perf_counter()
            subprocess.run(["rm", "-rf", str(copy)], check=True)
            theirs.append(time.perf_counter() - began)
    shutil.rmtree(copy, ignore_errors=True)
    yield in_turn("purge", ours, theirs, unit="s", target="<= 1.2")
    yield bound("purge, longest stall", stalls, "ms", "< 50", value=max(stalls))


@contextmanager
def _asked(site: Site, number: int) -> Iterator[list[float]]:
    """Let somebody ask for a job again and again; gives the list of seconds that each answer took."""
    waited: list[float] = []
    ended = threading.Event()
    with site.session as session:
        url = f"{site.portal.url}/api/v1/jobs/{number}"
        for _ in range(20):
            session.get(url, timeout=60).raise_for_status()

        def ask() -> None:
            while not ended.wait(_EVERY_S):
                began = time.perf_counter()
                session.get(url, timeout=60).raise_for_status()
                waited.append(time.perf_counter() - began)

        asker = threading.Thread(target=ask)
        asker.start()
        try:
            yield waited
        finally:
            ended.set()
            asker.join()
