"""Section 1 of docs/allgo-v1.md: the stream of a job's events."""

import json
import subprocess
from typing import Any

import pytest
import requests

from tests.cluster.contract.jobs import Jobs
from tests.cluster.contract.stream import all_events, events, log_text, statuses
from tests.cluster.portal import Portal

ORDER = ["CREATED", "SUBMITTED", "PENDING", "RUNNING", "FINISHING", "DONE"]
TALKED = "".join(f"line {number}: ünï\n" for number in (1, 2, 3))


def test_1_13_a_line_is_a_json_object(portal: Portal, jobs: Jobs) -> None:
    url = f"{portal.url}/api/v1/jobs/{jobs.told('streams')['id']}/events"
    answer = requests.get(url, headers=portal.auth, timeout=30)
    assert answer.status_code == 200
    assert answer.content.endswith(b"\n")
    assert all(isinstance(json.loads(line), dict) for line in answer.content.splitlines())


def test_1_13_it_is_the_owners(portal: Portal, jobs: Jobs) -> None:
    url = f"{portal.url}/api/v1/jobs/{jobs.told('streams')['id']}/events"
    assert requests.get(url, timeout=10).status_code == 401
    other = {"Authorization": f"Token token={portal.values['ALLGO_AUTHOR_TOKEN']}"}
    assert requests.get(url, headers=other, timeout=10).status_code == 404


def test_1_14_states_come_in_order_the_present_one_first(portal: Portal) -> None:
    number = portal.submit("probe", "talk 2")
    with events(portal, number) as lines:
        told = list(lines)
    assert told[0].get("status") in ORDER
    came = statuses(told)
    assert came == sorted(set(came), key=ORDER.index)
    assert came[-1] == "DONE"


@pytest.mark.parametrize(("job", "last"), [("done", "DONE"), ("failed", "ERROR"), ("limited", "TIMEOUT")])
def test_1_14_the_last_state_of_an_ended_job(portal: Portal, jobs: Jobs, job: str, last: str) -> None:
    assert statuses(all_events(portal, jobs.told(job)["id"])) == [last]


def _log(portal: Portal, jobs: Jobs, job: str) -> tuple[int, bytes]:
    return jobs.told(job)["id"], portal.result(jobs.told(job), "allgo.log")


@pytest.mark.parametrize("offset", [None, 0, 1, 10, 24])
def test_1_15_the_log_from_a_byte_on(portal: Portal, jobs: Jobs, offset: int | None) -> None:
    number, whole = _log(portal, jobs, "streams")
    assert log_text(all_events(portal, number, offset)).encode() == whole[offset or 0 :]


def test_1_15_bytes_are_counted_not_characters(portal: Portal, jobs: Jobs) -> None:
    number, whole = _log(portal, jobs, "talked")
    second = whole.index(b"line 2")
    assert log_text(all_events(portal, number, second)) == whole[second:].decode()


@pytest.mark.parametrize("job", ["streams", "copied", "failed"])
def test_1_15_its_end_is_told_once_and_after_it(portal: Portal, jobs: Jobs, job: str) -> None:
    logs = [line["logs"] for line in all_events(portal, jobs.told(job)["id"]) if "logs" in line]
    assert logs.count("") == 1
    assert logs[-1] == ""


def test_1_15_it_comes_while_the_job_runs(portal: Portal) -> None:
    number = portal.submit("probe", "say")
    with events(portal, number) as lines:
        first = next(line for line in lines if line.get("logs"))
    job = portal.get(number)
    subprocess.run(["scancel", str(job["slurm_id"])], check=True)
    assert first["logs"] == "said\n"
    assert job["status"] == "in progress"


def test_1_16_minus_one_asks_for_no_log(portal: Portal, jobs: Jobs) -> None:
    told = all_events(portal, jobs.told("streams")["id"], -1)
    assert log_text(told) == ""
    assert told[-1] == {"eof": None}


def test_1_17_a_silent_stream_is_kept_alive(portal: Portal, jobs: Jobs) -> None:
    with events(portal, jobs.running()["id"]) as lines:
        assert next(line for line in lines if not line or "eof" in line) == {}


@pytest.mark.parametrize("job", ["done", "failed"])
@pytest.mark.parametrize("offset", [None, -1, 10_000_000])
def test_1_18_eof_is_the_last_line(portal: Portal, jobs: Jobs, job: str, offset: int | None) -> None:
    told = all_events(portal, jobs.told(job)["id"], offset)
    assert told[-1] == {"eof": None}
    assert [line for line in told if "eof" in line] == [told[-1]]


def test_1_19_a_cut_stream_goes_on_where_it_was(portal: Portal) -> None:
    number = portal.submit("probe", "talk 3")
    before: list[dict[str, Any]] = []
    with events(portal, number) as lines:
        for line in lines:
            before.append(line)
            if line.get("logs"):
                break
    reached = before[-1]["offset"]
    assert reached == len(log_text(before).encode())
    after = all_events(portal, number, reached)
    assert log_text(before) + log_text(after) == TALKED
    assert next(line["offset"] for line in after if line.get("logs") == "") == len(TALKED.encode())
    assert statuses(after)[-1] == "DONE"
