"""Running again without sending again, and deleting, on the real cluster."""

import subprocess

import requests

from tests.cluster.portal import ROOT, Portal, run_as, until
from tests.cluster.slurmside import call

GIVEN = {"files[0]": ("given.txt", b"given\n")}


def _again(portal: Portal, number: int, **changes: str) -> requests.Response:
    return call(portal, "POST", f"jobs/{number}/rerun", json=changes)


def test_on_the_same_inputs_with_another_param(portal: Portal) -> None:
    first = portal.submit("probe", "copy given.txt one.txt", GIVEN)
    assert portal.finished(first)["state"] == "done"
    again = _again(portal, first, param="copy given.txt two.txt").json()["id"]
    job = portal.finished(again)
    assert (job["state"], job["rerun_of"]) == ("done", first)
    assert sorted(job[str(again)]) == ["allgo.log", "given.txt", "two.txt"]
    assert portal.result(job, "two.txt") == b"given\n"


def test_an_input_that_the_app_changed_is_not_taken_for_what_was_sent(portal: Portal) -> None:
    first = portal.submit("probe", "copy /proc/self/status given.txt", GIVEN)
    assert portal.finished(first)["state"] == "done"
    answer = _again(portal, first)
    assert (answer.status_code, answer.json()["code"]) == (409, "inputs_changed")


def test_deleted_it_is_gone_for_everybody_and_what_was_known_stays(portal: Portal) -> None:
    number = portal.submit("probe", "closed", GIVEN)
    job = portal.finished(number)
    assert [call(portal, "DELETE", f"jobs/{number}").status_code for _ in range(2)] == [204, 410]
    told = call(portal, "GET", f"jobs/{number}")
    assert (told.status_code, told.json()["job"]["state"], told.json()["code"]) == (410, "done", "job_deleted")
    assert requests.get(job[str(number)]["mine.txt"], timeout=30).status_code == 410
    assert number in [one["id"] for one in call(portal, "GET", "jobs?deleted=true").json()["jobs"]]
    answer = _again(portal, number)
    assert (answer.status_code, answer.json()["code"]) == (409, "inputs_gone")
    assert "send 'given.txt' again" in answer.json()["detail"]
    sent = {"files[0]": ("given.txt", b"given\n")}
    again = portal.finished(
        call(portal, "POST", f"jobs/{number}/rerun", files=sent, data={"param": "copy given.txt two.txt"}).json()["id"]
    )
    assert (again["state"], again["rerun_of"]) == ("done", number)
    assert portal.result(again, "two.txt") == b"given\n"


def test_the_trash_is_emptied_of_what_an_app_gave_to_other_users(portal: Portal) -> None:
    number = portal.submit("probe", "given", GIVEN)
    job = portal.finished(number)
    assert portal.result(job, "dir_deep.txt") == b"deep\n"
    folder = job[str(number)]["dir_deep.txt"].split("/")[-2]
    assert call(portal, "DELETE", f"jobs/{number}").status_code == 204
    assert (ROOT / "trash" / folder / "dir" / "deep.txt").is_file()
    program = (
        "from datetime import timedelta; from pathlib import Path\n"
        "from allgo_hpc.jobs.trash import empty_trash; from allgo_hpc.layout import Layout\n"
        "from allgo_hpc.models import utc_now\n"
        f"empty_trash(Layout(Path({str(ROOT)!r})), utc_now() + timedelta(hours=2))"
    )
    run_as("allgo", ["/opt/allgo-hpc/venv/bin/python", "-c", program])
    assert not (ROOT / "trash" / folder).exists()


def test_one_that_runs_can_be_run_again(portal: Portal) -> None:
    first = portal.submit("probe", "count 8", GIVEN)
    job = portal.in_state(first, "running")
    again = _again(portal, first, param="nothing").json()["id"]
    assert portal.finished(again)["state"] == "done"
    subprocess.run(["scancel", str(job["slurm_id"])], check=True)
    until("the first has ended", lambda: portal.get(first)["state"] in {"cancelled", "done"})
