"""Accounting, its database, munge and the nodes' daemons: down, killed, back."""

import signal

import pytest

from tests.cluster.portal import until
from tests.faults.conftest import Extent
from tests.faults.failing import arm, fired
from tests.faults.machine import (
    attended,
    boot_nodes,
    bring_up,
    down,
    kill,
    kill_everything,
    pids,
    signal_all,
    words,
)
from tests.faults.trial import Trial
from tests.faults.truth import books, control_dir

_HOW_JOBS_END = ("done", "node_failure", "error", "lost", "timeout", "cancelled")
"""By a power cut: what Slurm knows of it depends on what it had written down."""


@pytest.mark.parametrize("names", [("slurmdbd",), ("slurmdbd", "mariadb")], ids="+".join)
def test_accounting_down(trial: Trial, names: tuple[str, ...]) -> None:
    trial.row.fault = f"{' and '.join(names)} down: jobs are submitted, run and end"
    with down(*names):
        number = trial.submit()
        trial.reached(number, "done")
    trial.row.after = trial.true_after()


def test_munge_down(trial: Trial, extent: Extent) -> None:
    """Munge down while a job runs and others are submitted."""
    trial.row.times = extent.of(1, 3)
    for _ in range(trial.row.times):
        running = trial.submit("count 6")
        trial.reached(running, "running")
        with down("munge"):
            late = trial.submit()
            assert trial.reached(late, "created")["reason"]
            until("its app has ended", (control_dir(running) / "exit").exists)
            trial.reached(running, "running", "finishing")
    trial.row.meanwhile = f"in progress, {'; '.join(sorted(trial.witness.said))}"
    # A job that was to be launched meanwhile Slurm puts back: it asks the node again after up to 100 s (SlurmdTimeout
    # / 3) and starts the job two minutes after that (seen with 26.05: "REQUEST_BATCH_JOB_LAUNCH has authentication
    # error", COMPLETING for 80 s, then BeginTime).
    trial.row.after = trial.true_after(within_s=300)


def test_slurmd_killed(trial: Trial, extent: Extent) -> None:
    """Both slurmd killed under running jobs."""
    trial.row.times = extent.of(1, 5)
    numbers = [trial.submit("count 5") for _ in range(2)]
    for number in numbers:
        trial.reached(number, "running")
    for _ in range(trial.row.times):
        kill("slurmd-c1", "slurmd-c2")
        bring_up()
    trial.row.after = trial.true_after()


@pytest.mark.costly
def test_node_lost(trial: Trial, extent: Extent) -> None:
    """A node's power cut: its slurmd and all that ran there killed."""
    trial.row.times = extent.of(1, 3)
    for _ in range(trial.row.times):
        number = trial.submit("wait")
        trial.reached(number, "running")
        _power_cut()
        trial.reached(number, "node_failure", "error", within_s=120)
    trial.row.meanwhile = "; ".join(sorted({words["state"] for words in trial.witness.finals.values()}))
    trial.row.after = trial.true_after(states=("node_failure",))


@pytest.mark.costly
def test_node_lost_and_started_anew(trial: Trial, steadyprobe: str) -> None:
    """A node's power cut under jobs whose app may be started anew; then the sweep killed while it does so."""
    trial.row.times = 2
    number = trial.submit("count 8", app=steadyprobe)
    batch = trial.submit("count 8", files=2, app=steadyprobe, batch="each")
    for each in (number, batch):
        trial.reached(each, "running")
    _power_cut()
    for each in (number, batch):
        trial.reached(each, "done", within_s=120)
    arm("restart.stored")
    last = trial.submit("count 8", app=steadyprobe)
    trial.reached(last, "running")
    _power_cut()
    trial.reached(last, "done", within_s=120)
    assert fired("restart.stored")
    trial.row.meanwhile = "in progress, " + "; ".join(sorted(trial.witness.said))
    trial.row.after = trial.true_after()
    assert {row["reruns"] for row in books()["jobs"] if row["id"] in {number, last}} == {1}


@pytest.mark.costly
def test_everything_killed(trial: Trial, extent: Extent) -> None:
    """Every process of cluster, portal and jobs killed at once."""
    trial.row.times = extent.of(1, 5)
    for _ in range(trial.row.times):
        # Slurm may believe until its limit, here a minute, that a job runs of which nothing is left.
        running = trial.submit("wait", queue="interactive")
        trial.reached(running, "running")
        with trial.clients(4, queue="interactive") as sent:
            until("two are accepted", lambda: sum(each.done() for each in sent) >= 2)
            kill_everything()
            boot_nodes()
    with attended():
        trial.row.after = trial.true_after(within_s=240, states=_HOW_JOBS_END, accounted=False)


def _power_cut() -> None:
    until("an app runs", _of_jobs)
    kill("slurmd-c1", "slurmd-c2")
    signal_all(_of_jobs(), signal.SIGKILL)
    boot_nodes()


def _of_jobs() -> list[int]:
    """What keeps the steps on the nodes, and what runs in them."""
    marks = ("slurmstepd:", "apptainer", "/home/allgo/entrypoint", "slurm_script")
    return [pid for pid in pids() if any(mark in word for word in words(pid) for mark in marks)]
