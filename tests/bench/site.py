"""The cluster and the portal that are measured, and the bare tools beside them."""

import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import requests

from tests.cluster.conftest import SOURCES
from tests.cluster.portal import Portal, instance_value, run_as, until

TEXT = SOURCES / "containers/samples/textstats/example/moon.txt"
"""A small file, which the sample app textstats takes."""
_ENV = {"PATH": "/opt/allgo-hpc/venv/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@dataclass(frozen=True)
class Site:
    """What a row measures on.

    Attributes:
        portal: the running portal, as a user meets it.
        often: how many times what is short is measured; what is long is measured fewer times.
    """

    portal: Portal
    often: int = 30

    @property
    def session(self) -> requests.Session:
        """A new connection that is kept, as a client's library keeps it."""
        made = requests.Session()
        made.headers.update(self.portal.auth)
        made.trust_env = False  # no look at proxies and netrc files at each call
        return made


def open_site(often: int) -> Site:
    """Publish the sample apps as an administrator would; returns the site.

    Raises:
        CalledProcessError: the portal of this cluster does not work.
    """
    listed = subprocess.run([str(SOURCES / "scripts/demo.d/prepare")], check=True, capture_output=True, text=True)
    values = dict(line.split("=", 1) for line in listed.stdout.splitlines())
    portal = Portal(url=f"http://127.0.0.1:{instance_value('portal_port')}", token=values["ALLGO_TOKEN"], values=values)
    return Site(portal, often)


class Shell:
    """A shell of the portal's user that stays, so that a command costs what it costs from a script: fork and exec."""

    def __init__(self, user: str = "allgo") -> None:
        script = (
            'while IFS= read -r line; do begun=$EPOCHREALTIME; eval "$line" > /dev/null; status=$?; '
            'ended=$EPOCHREALTIME; echo "$status $begun $ended"; done'
        )
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script], user=user, group=user, extra_groups=[], env=_ENV, cwd="/",
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def seconds(self, argv: Sequence[str]) -> float:
        """Seconds that a command takes as a whole process.

        Raises:
            ValueError: it failed.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("the shell was started without its pipes")
        self._process.stdin.write(shlex.join(argv) + "\n")
        self._process.stdin.flush()
        status, begun, ended = self._process.stdout.readline().split()
        if status != "0":
            raise ValueError(f"{argv[0]} failed with exit status {status}")
        return float(ended) - float(begun)


def timed(act: Callable[[], object]) -> float:
    """Seconds that a call takes."""
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


@contextmanager
def held(partition: str) -> Iterator[None]:
    """Close a partition for starts, so that what is submitted meanwhile waits; it is cancelled at the end."""
    _scontrol("update", f"PartitionName={partition}", "State=DOWN")
    try:
        yield
    finally:
        cancel_all()
        _scontrol("update", f"PartitionName={partition}", "State=UP")


def cancel_all() -> None:
    """Cancel all of the portal user's jobs, and wait until none is left in the queue."""
    subprocess.run(["scancel", "--user=allgo", "--quiet"], check=False, capture_output=True)
    deadline = time.monotonic() + 120
    while subprocess.run(["squeue", "-h", "--user=allgo"], check=True, capture_output=True).stdout.strip():
        if time.monotonic() > deadline:
            raise TimeoutError("jobs were cancelled and stay in Slurm's queue")
        time.sleep(0.2)


def settle(site: Site) -> None:
    """Wait until the portal has nothing left to follow: thousands of jobs that end keep it and Slurm busy."""
    with site.session as session:

        def nothing_left() -> bool:
            status = session.get(f"{site.portal.url}/api/v1/status", timeout=60).json()
            return not status["unfinished_jobs"]

        until("the portal has followed all jobs to their end", nothing_left, within_s=300)


def as_portal(*argv: str) -> str:
    """Run the administrator's command as the portal's user; returns what it prints."""
    return run_as("allgo", ["/opt/allgo-hpc/venv/bin/allgo-hpc", *argv]).stdout


def _scontrol(*words: str) -> None:
    subprocess.run(["scontrol", *words], check=True, capture_output=True)


def scratch() -> Path:
    """A folder on the datastore's file system, for references; the caller empties it."""
    folder = Path("/srv/allgo/bench")
    folder.mkdir(mode=0o755, exist_ok=True)
    os.chown(folder, 0, 0)
    return folder
