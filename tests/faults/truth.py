"""What must be true after every fault, read from the disk, from Slurm and from the API."""

import json
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allgo_hpc.states import FINAL
from tests.cluster.portal import run_as, until
from tests.faults.failing import VARIABLES
from tests.faults.witness import Witness

_ENDED = {state.value for state in FINAL}
_CLAIMED = "90:0"
"""How a second Slurm job of the same job ends: it found the claim taken (slurm.EXIT_CLAIMED)."""
_BY_ITSELF = {"COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY"}
"""What Slurm says of a job that ran to its own end."""


def books(verb: str = "look") -> dict[str, Any]:
    more = VARIABLES.read_text().split() if VARIABLES.exists() else []
    told = run_as("allgo", ["env", *more, "/opt/allgo-hpc/venv/bin/python", "-m", "tests.faults.books", verb])
    found: dict[str, Any] = json.loads(told.stdout)
    return found


def check_folders() -> None:
    """No folder without a row but what housekeeping is due to remove; and it removes that."""
    told = books()
    assert not _orphans(told) - set(told["noted"]), "folders that nobody would ever remove"
    told = books("tidy")
    assert told["staging"] == []
    assert _orphans(told) == set()
    lacking = [job["id"] for job in told["jobs"] if not job["deleted"] and not job["tasks"]
               and job["job_dir"] not in set(told["job_dirs"])]  # fmt: skip
    assert lacking == [], "jobs without their files"


def wait_until_none(what: str, left: Callable[[], list[Any]], *, within_s: float) -> None:
    """Wait until a list is empty; what stays in it is told."""
    seen: list[Any] = []

    def none_left() -> bool:
        seen[:] = left()
        return not seen

    try:
        until(what, none_left, within_s=within_s)
    except AssertionError:
        pytest.fail(f"{what}, after {within_s} s: {seen}")


def _orphans(told: dict[str, Any]) -> set[str]:
    kept = {job["folder"] for job in told["jobs"] if not job["deleted"]}
    return {Path(path).name for path in told["job_dirs"]} - kept | set(told["controls"]) - kept


def check_witness(witness: Witness, rows: dict[int, dict[str, Any]]) -> None:
    assert witness.lies == []
    assert [key for key, number in witness.ids.items() if number not in rows] == [], "accepted, then lost"
    changed = [n for n, words in witness.finals.items() if rows[n]["state"] != words["state"] and not rows[n]["tasks"]]
    assert changed == [], "had ended otherwise"


def check_slurm() -> None:
    """Nothing of ours is left in Slurm once all jobs have ended."""

    def left() -> list[str]:
        told = subprocess.run(
            ["squeue", "-h", "-u", "allgo", "-o", "%i %j %T"], check=True, capture_output=True, text=True, timeout=60
        )
        return told.stdout.splitlines()

    wait_until_none("jobs of ours that Slurm still has", left, within_s=60)


def slurm_runs(jobs: dict[int, dict[str, Any]]) -> Counter[int]:
    """How many Slurm jobs of each job came to an end of their own, but for those that found the claim taken."""
    names = ",".join(f"allgo-{number}" for number in jobs)
    asked = ["sacct", "-X", "-n", "-P", "--duplicates", "-S", "now-1days", "-o", "State,ExitCode,Comment"]
    told = subprocess.run([*asked, "--name", names], check=True, capture_output=True, text=True, timeout=60).stdout
    records = [line.split("|", 2) for line in told.splitlines()]
    numbers = {row["uuid"]: number for number, row in jobs.items()}
    return Counter(
        numbers[comment]
        for state, code, comment in records
        if comment in numbers and code != _CLAIMED and state.split()[0] in _BY_ITSELF
    )


def side_effects(row: dict[str, Any]) -> int:
    """How often the app ran in this job's folder: it writes a line each time."""
    runs = Path(row["job_dir"]) / "runs"
    return len(runs.read_bytes().splitlines()) if runs.exists() else 0


def ended(row: dict[str, Any]) -> bool:
    return row["state"] in _ENDED


def control_dir(number: int) -> Path:
    """Where a job's claim and exit marker lie."""
    return Path(next(row["control"] for row in books()["jobs"] if row["id"] == number))
