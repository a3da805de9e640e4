"""GET /api/v1/jobs/<id>: one shape for every client, whatever Slurm does."""

import pytest

from allgo_hpc.models import JobFile
from slurm import SlurmUnavailable, State
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused

RUNNING = [State.PENDING, State.CONFIGURING, State.RUNNING, State.SUSPENDED, State.COMPLETING, State.STAGE_OUT]


@pytest.mark.parametrize("state", RUNNING)
def test_while_it_runs_no_file_is_listed(portal: Portal, state: State) -> None:
    number = portal.submit(forms.file("file", "a.txt"))
    told = portal.end(number, state)
    assert told["id"] == number
    assert told["status"] == "in progress"
    assert told[str(number)] == {}


def test_a_job_that_was_lost_and_runs_lists_no_file(portal: Portal) -> None:
    job = portal.job(portal.submit())
    portal.world.session.add(JobFile(job_id=job.id, name="allgo.log", path="allgo.log", size=0, sha256="0" * 64))
    portal.world.session.commit()
    assert portal.end(job.id, State.RUNNING)[str(job.id)] == {}


@pytest.mark.parametrize(
    ("state", "code", "status", "own"),
    [
        (State.COMPLETED, 0, "done", "done"),
        (State.FAILED, 3, "error", "error"),
        (State.TIMEOUT, 0, "timeout", "timeout"),
        (State.OUT_OF_MEMORY, 0, "error", "out_of_memory"),
        (State.CANCELLED, 0, "error", "cancelled"),
        (State.NODE_FAIL, 0, "error", "node_failure"),
    ],
)
def test_at_the_end_the_files_are_listed_however_it_ended(
    portal: Portal, state: State, code: int, status: str, own: str
) -> None:
    number = portal.submit(forms.file("file", "a.txt"))
    told = portal.end(number, state, code)
    assert (told["status"], told["state"]) == (status, own)
    job = portal.job(number)
    base = f"http://localhost/datastore/{job.user_id}/{job.app_id}/{job.folder}/"
    assert told[str(number)] == {"a.txt": base + "a.txt", "allgo.log": base + "allgo.log"}
    assert bool(told["reason"]) == (status != "done")


def test_the_addresses_have_the_name_that_people_know(make_portal: MakePortal) -> None:
    portal = make_portal(base_url="https://allgo.example.org")
    number = portal.submit()
    assert portal.end(number)[str(number)]["allgo.log"].startswith("https://allgo.example.org/datastore/")


def test_the_answer_is_pure_ascii(portal: Portal) -> None:
    number = portal.submit(forms.field("job[param]", "é 中 🙂"), forms.file("file", "é 中 🙂.txt"))
    portal.end(number)
    answer = portal.get(f"{JOBS}/{number}")
    assert answer.data.isascii()
    assert answer.mimetype == "application/json"
    assert answer.get_json()["param"] == "é 中 🙂"
    assert "é 中 🙂.txt" in answer.get_json()[str(number)]
    assert answer.get_json()[str(number)]["é 中 🙂.txt"].isascii()


def test_it_never_fails_because_slurm_does(portal: Portal) -> None:
    number = portal.submit()
    portal.slurm.be_away()
    portal.world.sweep()
    assert portal.state(number)["state"] == "submitted"
    portal.slurm.jobs_fail = SlurmUnavailable("still away")
    calls = portal.slurm.calls.copy()
    for _ in range(50):
        assert portal.state(number)["status"] == "in progress"
    assert portal.slurm.calls == calls, "a poll asks the database, not Slurm"


def test_with_a_slash_at_the_end(portal: Portal) -> None:
    number = portal.submit()
    assert portal.get(f"{JOBS}/{number}/").status_code == 200


def test_without_a_token_and_for_somebody_else(portal: Portal) -> None:
    number = portal.submit()
    path = f"{JOBS}/{number}"
    assert_refused(portal.get(path, headers={}), 401, code="no_token", field="Authorization")
    assert_refused(portal.get(path, headers=portal.auth_of("0" * 40)), 401, code="wrong_token", field="Authorization")
    other = portal.token_of(portal.world.app.owner)
    assert_refused(portal.get(path, headers=portal.auth_of(other)), 404, code="unknown_job", field="job_id")


@pytest.mark.parametrize("wanted", ["0", "-1", "x", "1.0", "9" * 9, "9" * 10, "9" * 30, "%00", "%FF", "1%0A", "..%5c"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_no_job_is_not_found(make_portal: MakePortal, kind: str, wanted: str) -> None:
    answer = make_portal(kind).get(f"{JOBS}/{wanted}")
    assert_refused(answer, 404, code="unknown_job", field="job_id")


def test_the_status_of_the_portal(portal: Portal) -> None:
    portal.submit()
    assert portal.client.get("/api/v1/status").get_json()["unfinished_jobs"] == 1
