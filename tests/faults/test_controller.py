"""slurmctld stopped, frozen and killed: under jobs that run and end, and while others are submitted."""

import random
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.cluster.portal import until
from tests.faults.conftest import Extent
from tests.faults.machine import attended, bring_up, down, frozen, kill
from tests.faults.trial import Trial
from tests.faults.truth import control_dir

_HOW = {"stopped": down, "frozen": frozen}
_BANNER = "The cluster has not answered since"
_UNENDED = {"created", "submitted", "pending", "running", "finishing"}


@pytest.mark.parametrize("how", _HOW)
def test_controller_away(trial: Trial, extent: Extent, how: str) -> None:
    trial.row.fault = f"slurmctld {how} while jobs run, end and are submitted"
    trial.row.times = extent.of(1, 3)
    for _ in range(trial.row.times):
        _submit_around(trial, _HOW[how]("slurmctld"))
    trial.row.after = trial.true_after()


def _submit_around(trial: Trial, away: AbstractContextManager[None]) -> None:
    running, ending = trial.submit("count 8"), trial.submit("count 2")
    for number in (running, ending):
        trial.reached(number, "running")
    with away:
        until("its app has ended", (control_dir(ending) / "exit").exists)
        late, batch = trial.submit(), trial.submit(files=2, batch="each")
        for number in (running, ending, late, batch):
            job = trial.client.look(number)
            assert job is not None
            assert job["state"] in _UNENDED, job
        until("it is told that the cluster is silent", lambda: not _controller(trial)["answers"])
        assert _controller(trial)["silent_since"] > _controller(trial)["answered_at"]
        assert _BANNER in trial.client.front_page()
    until("it is told that the cluster answers", lambda: _controller(trial)["answers"])
    assert _controller(trial)["silent_since"] is None
    assert _BANNER not in trial.client.front_page()
    trial.row.meanwhile = f"in progress, {'; '.join(sorted(trial.witness.said))}"


def _controller(trial: Trial) -> dict[str, Any]:
    told: dict[str, Any] = trial.client.status()["cluster"]["controller"]
    return told


@pytest.mark.costly
def test_controller_killed(trial: Trial, extent: Extent, chance: random.Random) -> None:
    """Slurmctld killed and restarted while clients submit."""
    trial.row.times = extent.of(2, 10)
    with trial.clients(4 * trial.row.times) as sent:
        for turn in range(trial.row.times):
            least = 4 * turn + chance.randrange(4)
            until("some jobs are accepted", lambda least=least: sum(e.done() for e in sent) >= least, within_s=120)  # type: ignore[misc]
            kill("slurmctld")
            bring_up()
    # What it forgot and finds running it ends. What then gets the id of a job that a node still has, it cancels, and
    # drains the node.
    with attended():
        trial.row.after = trial.true_after(within_s=240, states=("done", "error", "cancelled"), accounted=False)


def test_controller_forgets(trial: Trial) -> None:
    """Slurmctld comes back with a state from before it answered."""
    state, kept = Path("/var/spool/slurm/ctld"), Path("/var/spool/slurm/kept")
    with down("slurmctld"):
        shutil.copytree(state, kept)
    # Jobs wait in a partition that is down; a controller that starts has it up again.
    subprocess.run(["scontrol", "update", "PartitionName=standard", "State=DOWN"], check=True)
    numbers = [trial.submit(), trial.submit(), trial.submit(files=2, batch="each")]
    for number in numbers:
        trial.reached(number, "pending")
    with down("slurmctld"):
        shutil.rmtree(state)
        kept.rename(state)
        subprocess.run(["chown", "-R", "slurm:slurm", str(state)], check=True)
    for number in numbers:
        trial.reached(number, "created")
    trial.row.meanwhile = f"in progress, {'; '.join(sorted(trial.witness.said))}"
    trial.row.after = trial.true_after()
