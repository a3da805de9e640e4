"""Cancelled is cancelled: it never runs, or its processes are gone."""

from collections.abc import Iterator

import pytest

from tests.cluster.portal import Portal, answers, service, until
from tests.cluster.slurmside import accounted, call, cancel, nothing_waits, partition_down, processes


@pytest.fixture(autouse=True)
def _controller_up_again() -> Iterator[None]:
    yield
    service("up", "slurmctld")
    until("the controller answers", lambda: answers("slurmctld"), within_s=60)


def _never_ran(portal: Portal, number: int) -> None:
    job = portal.finished(number)
    assert (job["status"], job["state"]) == ("error", "cancelled"), job
    nothing_waits(number)
    assert sorted(job[str(number)]) == ["allgo.log"]
    assert portal.result(job, "allgo.log") == b""


def test_a_waiting_job_never_runs_also_when_its_partition_comes_back(portal: Portal) -> None:
    with partition_down():
        number = portal.submit("probe", "count 0")
        portal.in_state(number, "pending")
        service("down", "sweep")  # which would end it between the two
        try:
            assert cancel(portal, number)["cancel_at"]
            assert cancel(portal, number)["status"] == "in progress", "twice is no error"
        finally:
            service("up", "sweep")
    after = portal.run("count 0")
    assert after["state"] == "done", "the partition is back"
    _never_ran(portal, number)


def test_one_that_the_sweep_cannot_end_does_not_run_either(portal: Portal) -> None:
    service("down", "sweep")
    try:
        with partition_down():
            number = portal.submit("probe", "count 0")
            assert cancel(portal, number)["state"] in {"submitted", "pending"}
        until("its script came and went", lambda: [state for _, state in accounted(number)] == ["FAILED"])
    finally:
        service("up", "sweep")
    _never_ran(portal, number)


def test_a_running_job_says_so_and_leaves_no_process(portal: Portal) -> None:
    number = portal.submit("probe", "wait 7204")
    portal.in_state(number, "running")
    until("its app runs", lambda: processes("wait 7204"))
    cancel(portal, number)
    job = portal.finished(number)
    assert (job["status"], job["state"]) == ("error", "cancelled")
    assert "allgo.log" in job[str(number)]
    until("nothing of it runs", lambda: not processes("wait 7204"), within_s=40)
    answer = call(portal, "POST", f"jobs/{number}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_ended")


def test_while_the_controller_is_down(portal: Portal) -> None:
    running = portal.submit("probe", "wait 7205")
    portal.in_state(running, "running")
    service("down", "slurmctld")
    until("the controller is gone", lambda: not answers("slurmctld"))
    created = portal.submit("probe", "count 0")
    for number in (running, created):
        told = cancel(portal, number)
        assert (told["status"], bool(told["cancel_at"])) == ("in progress", True)
    service("up", "slurmctld")
    assert portal.finished(running)["state"] == "cancelled"
    _never_ran(portal, created)
    assert accounted(created) == [], "it was never sent"
