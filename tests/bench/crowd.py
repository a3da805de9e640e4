"""Many jobs that wait in Slurm under marks of the portal's, and a process that sweeps them when it is told to."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from tests.bench.site import cancel_all
from tests.bench.small import bare_sbatch
from tests.cluster.conftest import SOURCES

_ENV = {
    "PATH": "/opt/allgo-hpc/venv/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/var/lib/allgo-hpc",
    "ALLGO_HPC_CONF": "/etc/allgo-hpc/allgo-hpc.toml",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(SOURCES),
}
_SERVICE = "/etc/allgo-services/sweep"


class Crowd:
    """See above."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sweeper"], user="allgo", group="allgo", extra_groups=[], env=_ENV,
            cwd="/var/lib/allgo-hpc", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def add(self, count: int) -> list[int]:
        """Store jobs and submit each, held; returns their numbers."""
        made = cast("list[tuple[int, str]]", self._ask(f"make {count}"))
        # Number and mark come as one word, of which sh makes two.
        script = 'number=${0%%:*} mark=${0#*:}; exec "$@" --job-name="allgo-$number" --comment="$mark" --wrap=true'
        subprocess.run(
            ["xargs", "-P4", "-I{}", "sh", "-c", script, "{}", *bare_sbatch("--quiet")],
            input="".join(f"{number}:{mark}\n" for number, mark in made), text=True, check=True, capture_output=True,
            user="allgo", group="allgo", extra_groups=[], cwd="/",
        )  # fmt: skip
        return [number for number, _ in made]

    def end(self, numbers: list[int]) -> None:
        """Let jobs end in Slurm."""
        names = "".join(f"allgo-{number}\n" for number in numbers)
        argv = ["xargs", "-I{}", "scancel", "--user=allgo", "--name={}"]
        subprocess.run(argv, input=names, text=True, check=True, capture_output=True)

    def sweep(self) -> dict[str, float]:
        """Make one pass; returns what it took and found.

        Raises:
            ValueError: some job could not be followed.
        """
        swept = cast("dict[str, float]", self._ask("sweep"))
        if swept["failed"]:
            raise ValueError(f"a sweep failed for {swept['failed']} jobs")
        return swept

    def settle(self) -> None:
        """Sweep until nothing moves any more, and Slurm was asked wholly once after that."""
        while (swept := self.sweep())["changed"] or swept["again"]:
            pass
        self.sweep()

    def close(self) -> None:
        """End all that was made."""
        self._ask("unmake")
        self._process.communicate()
        cancel_all()

    def _ask(self, line: str) -> Any:  # JSON
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError("the sweeping process was started without its pipes")
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def crowd(count: int) -> Iterator[tuple[Crowd, list[int]]]:
    """Let so many jobs wait; the portal's own sweep rests meanwhile."""
    subprocess.run(["sv", "-w", "30", "down", _SERVICE], check=True, capture_output=True)
    try:
        made = Crowd()
        try:
            numbers = made.add(count)
            made.settle()
            yield made, numbers
        finally:
            made.close()
    finally:
        subprocess.run(["sv", "up", _SERVICE], check=True, capture_output=True)


def squeue_json() -> list[str]:
    """The reference: all that squeue knows of the portal's jobs that wait or run."""
    return ["squeue", "--json", "--user=allgo"]


def rpcs_of_portal() -> int:
    """How many questions the controller has answered to the portal's user, by ``sdiag``."""
    told = subprocess.run(["sdiag"], check=True, capture_output=True, text=True).stdout
    by_user = told.partition("statistics by user")[2]
    found = re.search(r"^\s*allgo\s*\(\s*\d+\)\s*count:(\d+)", by_user, re.MULTILINE)
    return int(found[1]) if found else 0
