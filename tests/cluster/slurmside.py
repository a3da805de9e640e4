"""What the tests do as the cluster's administrator: close a partition, look for what runs."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.cluster.portal import Portal, until


@contextmanager
def partition_down(name: str = "standard") -> Iterator[None]:
    """Jobs of this partition wait; it comes back whatever happens."""
    try:
        _partition(name, "DOWN")
        yield
    finally:
        _partition(name, "UP")


def _partition(name: str, state: str) -> None:
    subprocess.run(["scontrol", "update", f"PartitionName={name}", f"State={state}"], check=True)


def accounted(number: int) -> list[list[str]]:
    """Every Slurm job and task that ever ran under the name of this job: id and state."""
    out = subprocess.run(
        ["sacct", "-X", "-n", "-P", "--duplicates", "--array", "-o", "JobID,State", "--name", f"allgo-{number}"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [line.split("|") for line in out.splitlines()]


def queued(number: int) -> list[str]:
    """What the controller still waits for or runs under the name of this job."""
    out = subprocess.run(
        ["squeue", "-h", "-r", "-o", "%i", f"--name=allgo-{number}"], check=True, capture_output=True, text=True
    ).stdout
    return out.split()


def processes(words: str) -> list[int]:
    """The processes of this machine whose command line ends with these words."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if line.endswith(words):
            found.append(int(path.parent.name))
    return found


def call(portal: Portal, method: str, path: str, **more: Any) -> requests.Response:
    return requests.request(method, f"{portal.url}/api/v1/{path}", headers=portal.auth, timeout=60, **more)


def cancel(portal: Portal, number: int) -> dict[str, Any]:
    answer = call(portal, "POST", f"jobs/{number}/cancel")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def nothing_waits(number: int) -> None:
    until(f"Slurm waits for nothing of job {number}", lambda: not queued(number), within_s=60)


def tasks(portal: Portal, batch: int) -> list[dict[str, Any]]:
    """The tasks of a batch, in their order."""
    answer = call(portal, "GET", f"jobs?parent={batch}&limit=100")
    assert answer.status_code == 200, answer.text
    return sorted(answer.json()["jobs"], key=lambda job: job["task"])
