"""Apps that do what no app should: the portal tells how they ended, and nothing of them is left."""

import time
from pathlib import Path

import pytest

from tests.cluster.portal import Portal, until
from tests.faults.conftest import Extent
from tests.faults.machine import pids
from tests.faults.trial import Trial

_SECONDS = 300


def test_many_files(trial: Trial, extent: Extent) -> None:
    """An app that leaves very many files, while others go on."""
    count = extent.of(20_000, 1_000_000)
    trial.row.fault = f"app leaves {count} files, while others go on"
    number = trial.submit(f"many {count}")
    trial.reached(number, "running", "finishing", "done")  # a few files are made within a second
    begun = time.monotonic()
    longest = 0.0
    while number not in trial.witness.finals:
        asked = time.monotonic()
        trial.submit()
        longest = max(longest, time.monotonic() - asked)
        trial.client.look(number)
        assert time.monotonic() - begun < 4 * _SECONDS
    trial.row.after = trial.true_after(within_s=_SECONDS)
    trial.row.after += f"; a POST took {longest:.1f} s at most"
    assert trial.client.send("DELETE", number) == "204"


def test_long_log(trial: Trial, extent: Extent, portal: Portal) -> None:
    """App writes a very long log."""
    size = extent.of(200 * 10**6, 5 * 10**9)
    trial.row.fault = f"app writes {size} bytes of log"
    number = trial.submit(f"long {size}")
    job = trial.reached(number, "done", within_s=_SECONDS)
    assert job["state"] == "done"
    trial.row.after = trial.true_after()
    assert trial.client.send("DELETE", number) == "204"


def test_own_folder_deleted(trial: Trial) -> None:
    """App deletes its own folder."""
    number = trial.submit("vanish")
    job = trial.reached(number, "done", "error")
    assert job.get(str(number)) == {}
    trial.row.after = trial.true_after(states=("done", "error"))


def test_links(trial: Trial) -> None:
    """App makes links out of its folder."""
    number = trial.submit("links")
    job = trial.reached(number, "done", "error")
    assert not set(job[str(number)]) & {"out", "up", "root", "log", "loop", "hard", "etc", "dir_etc"}
    assert {"plain.txt", "allgo.log"} <= set(job[str(number)])
    trial.row.after = trial.true_after(states=("done", "error"))


@pytest.mark.parametrize("verb", ["forks", "deaf"])
def test_will_not_end(trial: Trial, verb: str) -> None:
    does = {"forks": "forks without end", "deaf": "ignores SIGTERM"}[verb]
    trial.row.fault = f"app {does}; it is cancelled"
    number = trial.submit(verb)
    trial.reached(number, "running", "out_of_memory")
    until("it is at work, or has ended", lambda: _of_apps() > 5 or _has_ended(trial, number))
    trial.client.send("POST", number, "/cancel")
    trial.row.after = trial.true_after(states=("cancelled", "out_of_memory", "error"))
    until("nothing of it is left", lambda: _of_apps() == 0)
    trial.row.after += "; 0 processes"


def _has_ended(trial: Trial, number: int) -> bool:
    trial.client.look(number)
    return number in trial.witness.finals


def _of_apps() -> int:
    """Processes that Slurm's control groups hold for jobs."""
    return sum(_in_job(pid) for pid in pids())


def _in_job(pid: int) -> bool:
    try:
        return "/job_" in Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        return False
