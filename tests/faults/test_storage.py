"""The file system that holds the jobs: full, read-only, not answering, gone and back."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.cluster.portal import until
from tests.faults.storage import SmallStorage, small_storage
from tests.faults.trial import Trial


@pytest.fixture(scope="module")
def storage(_steps_can_be_armed: None) -> Iterator[SmallStorage]:
    with small_storage() as made:
        yield made


def test_full(trial: Trial, storage: SmallStorage) -> None:
    """The datastore is full while a job ends and others are submitted."""
    running = trial.submit("count 2")
    trial.reached(running, "running")
    trial.begun(running)  # one that begins on a full disk is refused by its node, and says so
    with trial.clients_meet(storage.full(), 2):
        until("both clients are told", lambda: trial.witness.posts["507"] >= 4)
        trial.reached(running, "done")
    trial.row.after = trial.true_after()


def test_read_only(trial: Trial, storage: SmallStorage) -> None:
    """The datastore is read-only while a job is submitted, fetched and deleted."""
    ended = trial.submit()
    trial.reached(ended, "done")
    trial.true_after()
    with trial.clients_meet(storage.read_only(), 2):
        until("both clients are told", lambda: sum(trial.witness.posts.values()) >= 5)
        assert trial.client.fetch(ended, "runs") == "200"
    trial.row.after = trial.true_after()


def test_not_answering(trial: Trial, storage: SmallStorage) -> None:
    """The datastore does not answer for a while: jobs run, end and are submitted."""
    ending = trial.submit("count 2")
    trial.reached(ending, "running")
    with trial.clients_meet(storage.not_answering(), 2):
        for _ in range(20):
            assert trial.client.look(ending)
    trial.row.after = trial.true_after()


def test_gone_and_back(trial: Trial, storage: SmallStorage) -> None:
    """The datastore is gone while a job ends, others are submitted and results are fetched."""
    ended, ending = trial.submit(), trial.submit("count 3")
    trial.reached(ended, "done")
    trial.reached(ending, "running")
    with trial.clients_meet(storage.gone(), 2):
        until("both clients are told", lambda: sum(trial.witness.posts.values()) >= 6)
        fetched = trial.client.fetch(ended, "runs")
        assert fetched == "503", "a result that was promised is called away for good"
        until("Slurm has ended it", lambda: _ended_in_slurm(ending))
    trial.row.after = trial.true_after()
    trial.row.meanwhile = f"a result: {fetched}"


def _ended_in_slurm(number: int) -> bool:
    asked = ["squeue", "-h", "-u", "allgo", "-t", "PENDING,RUNNING,COMPLETING", "-n", f"allgo-{number}"]
    return not subprocess.run(asked, check=True, capture_output=True, timeout=60).stdout
