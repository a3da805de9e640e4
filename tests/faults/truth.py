"""What must be true after every fault, read from the disk, from Slurm and from the API."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from allgo_hpc.failpoints import VARIABLE
from allgo_hpc.states import FINAL
from tests.cluster.portal import run_as, until
from tests.faults.failing import FOLDER
from tests.faults.witness import Witness

_ENDED = {state.value for state in FINAL}
_CLAIMED = "90:0"
"""How a second Slurm job of the same job ends: it found the claim taken (slurm.EXIT_CLAIMED)."""


def books(verb: str = "look") -> dict[str, Any]:
    armed = f"{VARIABLE}={FOLDER}"
    told = run_as("allgo", ["env", armed, "/opt/allgo-hpc/venv/bin/python", "-m", "tests.faults.books", verb])
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

    until("Slurm has no job of ours any more", lambda: not left(), within_s=60)


def slurm_runs(numbers: list[int]) -> Counter[int]:
    """How many Slurm jobs of each job came to an end of their own, but for those that found the claim taken."""
    names = ",".join(f"allgo-{number}" for number in numbers)
    told = subprocess.run(
        ["sacct", "-X", "-n", "-P", "--duplicates", "-S", "now-1days", "-o", "JobName,State,ExitCode", "--name", names],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    records = [line.split("|") for line in told.splitlines()]
    return Counter(
        int(name.removeprefix("allgo-"))
        for name, state, code in records
        if code != _CLAIMED and state.split()[0] in {"COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY"}
    )


def side_effects(row: dict[str, Any]) -> int:
    """How often the app ran in this job's folder: it writes a line each time."""
    runs = Path(row["job_dir"]) / "runs"
    return len(runs.read_bytes().splitlines()) if runs.exists() else 0


def ended(row: dict[str, Any]) -> bool:
    return row["state"] in _ENDED


def control_dir(number: int) -> Path:
    """Where a job's claim and exit marker lie."""
    return Path("/srv/allgo/control") / next(row["folder"] for row in books()["jobs"] if row["id"] == number)
