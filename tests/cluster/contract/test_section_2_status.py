"""Section 2 of docs/allgo-v1.md: the words that clients wait on."""

import subprocess

import pytest
import requests

from tests.cluster.contract.jobs import Jobs
from tests.cluster.contract.stream import all_events, statuses
from tests.cluster.portal import Portal


def test_2_1_a_running_job_is_in_progress(jobs: Jobs) -> None:
    assert (jobs.running()["state"], jobs.running()["status"]) == ("running", "in progress")


def test_2_1_so_is_one_that_waits(portal: Portal) -> None:
    partition = ["scontrol", "update", "PartitionName=batch"]
    subprocess.run([*partition, "State=DOWN"], check=True)
    try:
        number = portal.submit("probe", queue="batch")
        assert portal.in_state(number, "pending")["status"] == "in progress"
    finally:
        subprocess.run([*partition, "State=UP"], check=True)
    assert portal.finished(number)["status"] == "done"


@pytest.mark.parametrize(
    ("job", "word"), [("done", "done"), ("failed", "error"), ("killed", "error"), ("limited", "timeout")]
)
def test_2_2_the_final_words(jobs: Jobs, job: str, word: str) -> None:
    assert jobs.told(job)["status"] == word


def test_2_2_a_cancelled_job_is_an_error(portal: Portal) -> None:
    job = portal.in_state(portal.submit("probe", "wait"), "running")
    subprocess.run(["scancel", str(job["slurm_id"])], check=True)
    ended = portal.finished(job["id"])
    assert (ended["status"], ended["state"]) == ("error", "cancelled")


def test_2_3_finer_states_are_told_elsewhere(portal: Portal, jobs: Jobs) -> None:
    assert jobs.running()["state"] == "running"
    assert statuses(all_events(portal, jobs.told("failed")["id"])) == ["ERROR"]


@pytest.mark.parametrize("job", ["failed", "killed", "limited"])
def test_2_4_a_failed_job_is_a_200(portal: Portal, jobs: Jobs, job: str) -> None:
    number = jobs.told(job)["id"]
    assert requests.get(f"{portal.url}/api/v1/jobs/{number}", headers=portal.auth, timeout=10).status_code == 200


def test_2_5_get_answers_while_the_controller_is_down(
    portal: Portal, jobs: Jobs, controller_down: int, session: requests.Session
) -> None:
    running = [session.get(f"{portal.url}/api/v1/jobs/{controller_down}", timeout=5) for _ in range(50)]
    assert {answer.status_code for answer in running} == {200}
    assert {answer.json()["status"] for answer in running} == {"in progress"}
    ended = jobs.told("done")
    assert session.get(f"{portal.url}/api/v1/jobs/{ended['id']}", timeout=5).json() == ended
