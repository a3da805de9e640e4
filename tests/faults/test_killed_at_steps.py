"""SIGKILL at every named step of a job's life: it is accepted once, runs once, and nothing lies about."""

import random
import signal
import subprocess

import pytest

from allgo_hpc.failpoints import POINTS
from tests.cluster.portal import until
from tests.faults import machine
from tests.faults.conftest import Extent
from tests.faults.failing import arm, fired
from tests.faults.trial import Trial
from tests.faults.truth import books

SUBMITTING = [point for point in POINTS if point.startswith(("upload.", "submit.", "dispatch."))]
FOLLOWING = ["sweep.answered", "end.listed", "move.written", "move.committed"]
_OF_UPLOADS = ["piece.written", "claim.noted", "claim.moved", "submit.placed", "submit.flushed", "submit.committed"]
_IN_BATCHES = ["batch.task_placed", "submit.flushed", "dispatch.answered"]


def test_submitting(trial: Trial, extent: Extent) -> None:
    """Portal killed at each step of a submission."""
    steps = SUBMITTING * extent.of(1, 4)
    trial.row.times = len(steps)
    for point in steps:
        arm(point)
        trial.submit()
        assert fired(point)
    trial.row.after = trial.true_after()


@pytest.mark.costly
def test_the_same_with_the_sweep_killed_as_well(trial: Trial, extent: Extent, chance: random.Random) -> None:
    """Portal and sweep killed at a step of a submission."""
    steps = chance.sample(SUBMITTING, extent.of(1, len(SUBMITTING)))
    trial.row.times = len(steps)
    for point in steps:
        arm(point)
        with trial.clients(1):
            until(f"{point} is reached", lambda point=point: fired(point))  # type: ignore[misc]
            machine.kill("portal", "sweep")
    trial.row.after = trial.true_after()


@pytest.mark.costly
def test_following(trial: Trial, extent: Extent, chance: random.Random) -> None:
    """Sweep killed while it follows a job."""
    steps = chance.sample(FOLLOWING, extent.of(1, len(FOLLOWING)))
    trial.row.times = len(steps)
    trial.row.fault += f", at {', '.join(steps)}"
    for point in steps:
        number = trial.submit("count 2")
        trial.reached(number, "submitted", "pending", "running", "finishing", "done")
        arm(point)
        until(f"{point} is reached", lambda point=point: fired(point))  # type: ignore[misc]
    trial.row.after = trial.true_after()


def test_looking_at_one(trial: Trial) -> None:
    """Sweep killed while it looks at the one job that said that it ends."""
    trial.row.times = 1
    trial.reached(trial.submit("count 0"), "done")  # so the sweep has the right to: an earlier one may have been killed
    arm("near.answered")
    trial.submit("count 1")
    until("the one is looked at", lambda: fired("near.answered"))
    trial.row.after = trial.true_after()


@pytest.mark.costly
def test_submitting_again(trial: Trial) -> None:
    """Portal killed before sbatch, then the sweep before its own."""
    trial.row.times = 2
    arm("submit.committed")
    arm("sweep.retrying")
    trial.submit()
    until("the sweep has tried", lambda: fired("sweep.retrying"))
    trial.row.after = trial.true_after()


def test_batches(trial: Trial) -> None:
    """Portal killed at a step of submitting a batch of 3."""
    trial.row.times = len(_IN_BATCHES)
    numbers = []
    for point in _IN_BATCHES:
        arm(point)
        numbers.append(trial.submit(files=3, batch="each"))
        assert fired(point)
    trial.row.after = trial.true_after()
    for number in numbers:
        tasks = [row for row in books()["jobs"] if row["parent"] == number]
        assert [(row["task"], row["state"]) for row in tasks] == [(0, "done"), (1, "done"), (2, "done")]


def test_taking_uploads(trial: Trial) -> None:
    """Portal killed while a piece comes, and while a job takes it."""
    trial.row.times = len(_OF_UPLOADS)
    for point in _OF_UPLOADS:
        arm(point)
        key = trial.client.upload(b"0123456789")
        trial.submit(files=0, uploads=key)
        assert fired(point)
    trial.row.after = trial.true_after()


def test_cancelling(trial: Trial) -> None:
    """Portal killed while it cancels."""
    trial.row.times = 2
    for point in ("cancel.stored", "cancel.claimed"):
        number = trial.submit("wait")
        trial.reached(number, "running")
        arm(point)
        assert trial.client.send("POST", number, "/cancel") == "cut off"
        assert fired(point)
    trial.row.after = trial.true_after(states=("cancelled",))


def test_deleting(trial: Trial) -> None:
    """Portal killed while it deletes."""
    trial.row.times = 2
    numbers = [trial.submit(), trial.submit()]
    kept = trial.true_after()
    for number, point in zip(numbers, ("deletion.marked", "deletion.renamed"), strict=True):
        arm(point)
        assert trial.client.send("DELETE", number) == "cut off"
        assert fired(point)
        until("it is deleted for its user", lambda number=number: trial.client.send("GET", number) == "410")  # type: ignore[misc]
    told = books("tidy")
    for row in [row for row in told["jobs"] if row["id"] in numbers]:
        assert row["deleted"]
        assert row["job_dir"] not in told["job_dirs"]
        assert row["folder"] not in told["controls"]
    trial.row.after = f"{kept}; then 410, no folder left"


def test_tidying(trial: Trial) -> None:
    """Portal killed before it stored what was placed, then the tidying half-way."""
    trial.row.times = 2
    arm("submit.flushed")
    trial.submit()
    trial.all_ended(within_s=60)
    arm("tidy.placed_removed")
    with pytest.raises(subprocess.CalledProcessError) as died:
        books("tidy")
    assert died.value.returncode == -signal.SIGKILL
    trial.row.after = trial.true_after()
