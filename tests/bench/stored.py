"""Ended jobs in bulk, made and removed again around a measurement."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.site import Site
from tests.bench.transfer import MEBIBYTE
from tests.cluster.conftest import SOURCES

_ENV = {
    "PATH": "/opt/allgo-hpc/venv/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/var/lib/allgo-hpc",
    "ALLGO_HPC_CONF": "/etc/allgo-hpc/allgo-hpc.toml", "PYTHONDONTWRITEBYTECODE": "1",
}  # fmt: skip


def stock(*words: object) -> str:
    """Run ``tests.bench.stock`` as the portal's user; returns what it prints.

    Raises:
        ValueError: it failed.
    """
    done = subprocess.run(
        ["/opt/allgo-hpc/venv/bin/python", "-m", "tests.bench.stock", *map(str, words)],
        user="allgo", group="allgo", extra_groups=[], env=_ENV, cwd=SOURCES, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise ValueError(f"the bench's jobs could not be handled: {done.stderr[-500:]}")
    return done.stdout


@contextmanager
def stored_jobs(many: int, *, folders: bool = False, expired: bool = False) -> Iterator[int]:
    """Store so many ended jobs of the user demo; gives the first one's number."""
    try:
        yield int(stock("make", many, int(folders), int(expired), 0))
    finally:
        stock("forget")


@contextmanager
def stored_job(site: Site, mebibytes: int, *, row_stays: bool = False) -> Iterator[tuple[int, Path]]:
    """Store a job with a result of so many mebibytes; gives its number and where the file is.

    At the end its files go, and its row with those of all others that were stored, unless ``row_stays``.
    """
    try:
        number = int(stock("make", 1, 1, 0, mebibytes * MEBIBYTE))
        listed = site.portal.get(number)[str(number)]["moon.txt.output"]
        path = Path("/srv/allgo/datastore") / listed.partition("/datastore/")[2]
        try:
            yield number, path
        finally:
            subprocess.run(["rm", "-rf", str(path.parent), f"/srv/allgo/control/{path.parent.name}"], check=True)
    finally:
        if not row_stays:
            stock("forget")
