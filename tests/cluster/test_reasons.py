"""Why a job stopped, and what its answer offers to do about it, done on the real cluster."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.cluster.portal import Portal, until

MEMORY_MB = 200


@pytest.fixture(scope="module")
def at_its_limit(portal: Portal) -> Iterator[int]:
    """A job that will reach the minute of its queue; the other tests run meanwhile."""
    return portal.submit("probe", "partial", queue="interactive")


def _do(portal: Portal, action: dict[str, Any]) -> requests.Response:
    return requests.request(action["method"], action["url"], json=action["body"], headers=portal.auth, timeout=60)


@pytest.fixture(scope="module", autouse=True)
def _begun(at_its_limit: int) -> None:
    """It takes a minute: it is submitted before the first test."""


def test_of_an_error_the_last_line_is_told(portal: Portal) -> None:
    job = portal.run("exit 7")
    assert job["reason"].startswith("The app ended with exit code 7. The last line of its log: on stderr")
    assert job["log_tail"] == "on stderr"
    assert [action["label"] for action in job["actions"]] == ["Run it again"]


def test_out_of_memory_is_run_again_with_more(portal: Portal) -> None:
    job = portal.finished(portal.submit("probe", "memory 300M", memory_mb=str(MEMORY_MB)))
    assert job["state"] == "out_of_memory"
    assert job["reason"].startswith(f"It needed more than the {MEMORY_MB} MB of memory that it had.")
    first = job["actions"][0]
    assert (first["label"], first["body"]) == ("Run again with 400 MB", {"memory_mb": 2 * MEMORY_MB})
    answer = _do(portal, first)
    assert answer.status_code == 200, answer.text
    again = portal.finished(answer.json()["id"])
    assert again["state"] == "done", again["reason"]
    asked, used = again["resources"]["asked"], again["resources"]["used"]
    assert asked["memory_mb"] == 2 * MEMORY_MB
    assert 300 * 2**20 < used["peak_memory_bytes"] < asked["memory_mb"] * 2**20
    assert f"of {2 * MEMORY_MB} MB of memory" in again["reason"]


def test_at_its_limit_it_is_told_to_end_and_keeps_what_it_has(portal: Portal, at_its_limit: int) -> None:
    job = portal.finished(at_its_limit, within_s=120)
    assert (job["state"], job["status"]) == ("timeout", "timeout")
    assert job["reason"].startswith("Stopped at the limit of the interactive queue, 1 minute. What it had written")
    assert "the results are partial" in job["reason"]
    assert portal.result(job, "partial.txt") == b"half\n"
    assert portal.result(job, "saved.txt") == b"told to end\n", "it had no time to save"
    assert [action["body"] for action in job["actions"]] == [{"queue": "standard"}, {"queue": "batch"}, {}]
    again = _do(portal, job["actions"][0]).json()["id"]
    running = portal.in_state(again, "running")
    assert running["queue"] == "standard"
    cancel = next(action for action in running["actions"] if action["name"] == "cancel")
    assert _do(portal, cancel).status_code == 200
    ended = portal.finished(again)
    assert (ended["state"], ended["actions"][0]["label"]) == ("cancelled", "Run it again")
    assert until("its partial results are listed", lambda: "partial.txt" in portal.get(again)[str(again)])
