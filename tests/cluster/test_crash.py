"""What is killed when: one accepted POST stays exactly one execution, and its state stays true."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.cluster.portal import Portal, answers, service, until


@pytest.fixture(autouse=True)
def _all_services_up_again() -> Iterator[None]:
    yield
    for name in ("slurmctld", "slurmdbd", "portal", "sweep"):
        service("up", name)
        until(f"{name} answers", lambda name=name: answers(name), within_s=60)


def _slurm_jobs(number: int) -> list[str]:
    out = subprocess.run(
        ["sacct", "-X", "-n", "-P", "--duplicates", "-o", "JobID", "--name", f"allgo-{number}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return out.split()


def _runs(portal: Portal, number: int) -> bytes:
    job = portal.finished(number, within_s=120)
    assert job["status"] == "done", job
    return portal.result(job, "runs")


def test_portal_and_sweep_killed_between_post_and_end(portal: Portal) -> None:
    number = portal.submit("probe", "count 3")
    service("kill", "portal")
    service("kill", "sweep")
    until("the portal answers again", lambda: answers("portal"))
    assert _runs(portal, number) == b"run\n"
    assert len(_slurm_jobs(number)) == 1


def test_controller_down_while_posting(portal: Portal) -> None:
    service("down", "slurmctld")
    until("the controller is gone", lambda: not answers("slurmctld"))
    number = portal.submit("probe", "count 0")
    job = portal.get(number)
    assert (job["status"], job["state"]) == ("in progress", "created")
    assert job["reason"]
    service("up", "slurmctld")
    assert _runs(portal, number) == b"run\n"
    assert len(_slurm_jobs(number)) == 1


def test_controller_down_under_a_running_job_moves_nothing(portal: Portal) -> None:
    number = portal.submit("probe", "count 4")
    portal.in_state(number, "running")
    service("down", "slurmctld")
    job = portal.get(number)
    service("up", "slurmctld")
    assert job["state"] in {"running", "finishing"}
    assert _runs(portal, number) == b"run\n"


def test_accounting_down_changes_nothing(portal: Portal) -> None:
    service("down", "slurmdbd")
    assert _runs(portal, portal.submit("probe", "count 0")) == b"run\n"


def test_sweep_stopped_meanwhile(portal: Portal) -> None:
    service("down", "sweep")
    number = portal.submit("probe", "count 0")
    until(
        "Slurm has ended it",
        lambda: (
            b"COMPLETED"
            in subprocess.run(
                ["sacct", "-X", "-n", "-P", "-o", "State", "--name", f"allgo-{number}"], capture_output=True, check=True
            ).stdout
        ),
    )
    assert portal.get(number)["status"] == "in progress"
    service("up", "sweep")
    assert _runs(portal, number) == b"run\n"


def test_cancelled_in_slurm(portal: Portal) -> None:
    number = portal.submit("probe", "wait")
    job = portal.in_state(number, "running")
    subprocess.run(["scancel", str(job["slurm_id"])], check=True)
    job = portal.finished(number)
    assert (job["status"], job["state"]) == ("error", "cancelled")
