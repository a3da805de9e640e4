"""A batch on a real Slurm: one array, each task once, on its own file."""

from typing import Any

import requests

from tests.cluster.portal import Portal, until
from tests.cluster.slurmside import accounted, call, cancel, nothing_waits, partition_down, tasks


def _files(count: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [(f"files[{number}]", (f"in {number}.txt", b"%d\n" % number)) for number in range(count)]


def _states(portal: Portal, batch: int) -> list[str]:
    return [task["state"] for task in tasks(portal, batch)]


def _fetch(url: str) -> bytes:
    answer = requests.get(url, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_five_files_are_five_runs_under_one_number(portal: Portal) -> None:
    answer = portal.post({"job[webapp_name]": "probe", "job[param]": "count 0", "job[batch]": "each"}, _files(5)).json()
    number = answer["id"]
    assert answer["tasks"] == 5
    job = portal.finished(number, within_s=90)
    assert (job["status"], job["state"]) == ("done", "done"), job
    assert job["batch"]["states"] == {"done": 5}
    files: dict[str, Any] = job[str(number)]
    wanted = {f"{task}_{name}" for task in range(5) for name in (f"in {task}.txt", "runs", "allgo.log")}
    assert set(files) == wanted
    for task in range(5):
        assert _fetch(files[f"{task}_in {task}.txt"]) == b"%d\n" % task
        assert _fetch(files[f"{task}_runs"]) == b"run\n"
    assert [state for _, state in accounted(number)] == ["COMPLETED"] * 5
    listed = call(portal, "GET", f"jobs/{number}/files").json()["files"]
    assert {(one["task"], one["name"]) for one in listed if one["is_input"]} == {(n, f"in {n}.txt") for n in range(5)}


def test_one_that_waits_is_cancelled_as_a_whole_and_one_task_alone(portal: Portal) -> None:
    with partition_down():
        whole, part = (portal.submit("probe", "count 0", _files(2), batch="each") for _ in range(2))
        for number in (whole, part):
            portal.in_state(number, "pending")
        cancel(portal, whole)
        cancel(portal, tasks(portal, part)[1]["id"])
        assert portal.finished(whole)["state"] == "cancelled"
        until("the one task is cancelled", lambda: _states(portal, part)[1] == "cancelled")
    assert portal.finished(part)["state"] == "cancelled"
    assert (_states(portal, whole), _states(portal, part)) == (["cancelled", "cancelled"], ["done", "cancelled"])
    nothing_waits(whole)
    for number, ran in ((whole, []), (part, [0])):
        listed = call(portal, "GET", f"jobs/{number}/files").json()["files"]
        assert [one["task"] for one in listed if one["name"] == "runs"] == ran
        assert {one["task"] for one in listed if one["name"] == "allgo.log"} == {0, 1}


def test_deleted_with_all_its_tasks(portal: Portal) -> None:
    number = portal.submit("probe", "count 0", _files(2), batch="each")
    job = portal.finished(number)
    address = job[str(number)]["1_runs"]
    assert call(portal, "DELETE", f"jobs/{number}").status_code == 204
    for path in (f"jobs/{number}", f"jobs/{number}/files"):
        assert call(portal, "GET", path).status_code == 410
    assert requests.get(address, timeout=30).status_code == 410
