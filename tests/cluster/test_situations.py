"""What administrators and machines do to jobs, as their users are told of it."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.cluster.portal import Portal, until
from tests.cluster.slurmside import partition_down, processes
from tests.slurm.situations import Situations

SITUATIONS = Situations()


def _told(portal: Portal, number: int, state: str, words: str) -> None:
    def says() -> bool:
        job = portal.get(number)
        return job["state"] == state and words in job["reason"]

    until(f"job {number} is {state}: {words}", says)


@pytest.fixture
def waiting(portal: Portal) -> Iterator[tuple[int, int, ExitStack]]:
    """A job that waits for its closed partition, its id in Slurm, and what opens it again."""
    with ExitStack() as closed:
        closed.enter_context(partition_down("batch"))
        number = portal.submit("probe", "nothing", queue="batch")
        _told(portal, number, "pending", "The queue is closed")
        yield number, portal.get(number)["slurm_id"], closed


def test_held_and_released(portal: Portal, waiting: tuple[int, int, ExitStack]) -> None:
    number, slurm_id, opened = waiting
    with SITUATIONS.held(slurm_id):
        _told(portal, number, "pending", "held by an administrator")
        opened.close()
        _told(portal, number, "pending", "held by an administrator")
    assert portal.finished(number)["state"] == "done"


def test_depends_on_another(portal: Portal, waiting: tuple[int, int, ExitStack]) -> None:
    number, slurm_id, opened = waiting
    other = portal.submit("probe", "nothing", queue="batch")
    _told(portal, other, "pending", "The queue is closed")
    SITUATIONS.depend(slurm_id, portal.get(other)["slurm_id"])
    _told(portal, number, "pending", "waits for another job")
    opened.close()
    assert portal.finished(number)["state"] == "done"
    assert portal.get(other)["state"] == "done"


def test_maintenance_is_waited_for(portal: Portal) -> None:
    with SITUATIONS.maintenance():
        number = portal.submit("probe", "nothing")
        _told(portal, number, "pending", "Maintenance is planned")
    assert portal.finished(number)["state"] == "done"


def test_suspended_it_says_so_and_goes_on(portal: Portal) -> None:
    number = portal.submit("probe", "count 1")
    slurm_id = portal.in_state(number, "running", within_s=30)["slurm_id"]
    with SITUATIONS.suspended(slurm_id):
        _told(portal, number, "running", "suspended")
    job = portal.finished(number)
    assert (job["state"], job["exit_code"]) == ("done", 0)
    assert portal.result(job, "runs") == b"run\n"


def test_preempted_it_says_so_and_can_be_run_again(portal: Portal) -> None:
    number = portal.submit("probe", "say", queue="batch")
    slurm_id = portal.in_state(number, "running")["slurm_id"]
    node = subprocess.check_output(["squeue", "-h", "-j", str(slurm_id), "-o", "%N"], text=True).strip()
    with SITUATIONS.preempted(node):
        job = portal.finished(number)
    assert (job["state"], job["status"]) == ("error", "error")
    assert job["reason"].startswith("Slurm ended it in favour of another job.")
    assert job["actions"][0]["label"] == "Run it again"


def test_put_back_by_an_administrator_it_does_not_run_twice(portal: Portal) -> None:
    number = portal.submit("probe", "count 60")
    slurm_id = portal.in_state(number, "running")["slurm_id"]
    until("its app runs", lambda: processes("sleep 60"))
    SITUATIONS.requeue(slurm_id)
    until("it waits again", lambda: portal.get(number)["state"] == "pending")
    # Slurm would wait two minutes before it starts a job again.
    SITUATIONS.admin("scontrol", "update", f"jobid={slurm_id}", "StartTime=now+3")
    job = portal.finished(number, within_s=60)
    assert job["state"] == "error", job["reason"]
    assert portal.result(job, "runs") == b"run\n"
    assert "signal 15" in job["reason"]
