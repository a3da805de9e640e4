"""Cancelling, running again and deleting over HTTP: for their owner, and nobody else."""

from typing import Any

import pytest

from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused

ACTIONS = [("POST", "/cancel"), ("POST", "/rerun"), ("DELETE", "")]


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _do(portal: Portal, method: str, path: str, token: str | None = None, **more: Any) -> Any:
    headers = portal.auth_of(token or portal.token)
    return portal.client.open(f"{JOBS}/{path}", method=method, headers=headers, **more)


@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_another_users_job_is_not_found_and_left_alone(portal: Portal, method: str, path: str) -> None:
    number = portal.submit(forms.file("files[0]", "a"))
    portal.end(number)
    before = portal.left()
    other = portal.token_of(portal.world.app.owner)
    assert_refused(_do(portal, method, f"{number}{path}", other), 404, code="unknown_job", field="job_id")
    assert portal.left() == before


@pytest.mark.parametrize(("method", "path"), ACTIONS)
@pytest.mark.parametrize("scope", ["jobs:read", "apps:write"])
def test_without_the_scope_it_is_refused(portal: Portal, method: str, path: str, scope: str) -> None:
    number = portal.submit()
    sent = {"name": "less", "scopes": [scope]}
    less = portal.client.post("/api/v1/tokens", json=sent, headers=portal.auth).get_json()["token"]
    answer = _do(portal, method, f"{number}{path}", less)
    assert_refused(answer, 403, code="scope_missing", field="Authorization")
    assert portal.state(number)["cancel_at"] is None


@pytest.mark.parametrize(("method", "path"), ACTIONS)
def test_a_deleted_job_is_gone_for_all_of_them(portal: Portal, method: str, path: str) -> None:
    number = portal.submit(forms.file("files[0]", "a"))
    listed = portal.end(number)[str(number)]
    answer = _do(portal, "DELETE", str(number))
    assert (answer.status_code, answer.data) == (204, b"")
    told = _do(portal, method, f"{number}{path}")
    if path == "/rerun":
        assert "send 'a' again" in assert_refused(told, 409, code="inputs_gone", field="job_id")
    else:
        assert_refused(told, 410, code="job_deleted", field="job_id")
        known = told.get_json()["job"]
        assert (known["id"], known["state"]) == (number, "done")
        digest = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
        assert known["inputs"] == [{"name": "a", "size": 7, "sha256": digest}]
    paths = [url.removeprefix("http://localhost") for url in listed.values()]
    for address in (*paths, f"/api/v1/datastore/{number}/a", f"{JOBS}/{number}", f"{JOBS}/{number}/files",
                    f"{JOBS}/{number}/events", f"{JOBS}/{number}/archive"):  # fmt: skip
        assert_refused(portal.get(address), 410, code="job_deleted", field="job_id")


def test_cancelled_it_says_so_and_once_more_is_no_error(portal: Portal) -> None:
    number = portal.submit()
    for _ in range(2):
        told = _do(portal, "POST", f"{number}/cancel").get_json()
        assert (told["id"], told["state"], told["status"]) == (number, "submitted", "in progress")
        assert told["cancel_at"]
        assert "Cancelling" in told["reason"]
    portal.end(number)
    assert_refused(_do(portal, "POST", f"{number}/cancel"), 409, code="already_ended")


def test_a_cancelled_batch_tells_its_tasks(portal: Portal) -> None:
    batch = portal.world.batch(2)
    told = _do(portal, "POST", f"{batch.id}/cancel").get_json()
    assert told["batch"]["states"] == {"submitted": 2}
    assert all(task.cancel_at is not None for task in portal.world.tasks(batch))


def test_what_has_not_ended_is_not_deleted(portal: Portal) -> None:
    number = portal.submit()
    assert_refused(_do(portal, "DELETE", str(number)), 409, code="not_ended")
    assert portal.state(number)["deleted_at"] is None


def test_a_download_that_has_begun_goes_on(portal: Portal) -> None:
    content = bytes(range(256)) * 8192
    _, listed = portal.finished({"big.bin": content})
    number = int(portal.get(JOBS).get_json()["jobs"][0]["id"])
    answer = portal.client.get(listed["big.bin"])
    pieces = iter(answer.response)
    first = next(pieces)
    assert _do(portal, "DELETE", str(number)).status_code == 204
    assert first + b"".join(pieces) == content
    answer.close()


@pytest.mark.parametrize("form", [True, False])
def test_run_again_with_changes(portal: Portal, *, form: bool) -> None:
    number = portal.submit(forms.file("files[0]", "a", b"1"))
    changes = {"param": "-y", "queue": "batch"}
    answer = _do(portal, "POST", f"{number}/rerun", **({"data": changes} if form else {"json": changes}))
    assert answer.status_code == 200
    again = answer.get_json()
    assert again["url"] == f"http://localhost{JOBS}/{again['id']}"
    told = portal.state(again["id"])
    assert (told["rerun_of"], told["param"], told["queue"]) == (number, "-y", "batch")
    assert portal.input_names(again["id"]) == {"a"}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"parm": "x"}, "bad_input", "parm"), ({"queue": "nowhere"}, "unknown_queue", "job[queue]"),
        ({"version": "9"}, "unknown_version", "job[version]"), ({"param": "'"}, "bad_input", "job[param]"),
        ({"param": 7}, "bad_input", "param"), ({"queue": ""}, "bad_input", "queue"),
    ],
)  # fmt: skip
def test_a_change_that_may_not_be(portal: Portal, changes: dict[str, Any], code: str, field: str) -> None:
    number = portal.submit()
    before = portal.left()
    answer = _do(portal, "POST", f"{number}/rerun", json=changes)
    assert answer.status_code in {400, 404}
    assert_refused(answer, answer.status_code, code=code, field=field)
    assert portal.left() == before


def test_run_again_with_files(portal: Portal) -> None:
    number = portal.submit(forms.file("files[0]", "a", b"1"), forms.file("files[1]", "b", b"2"))
    sent = forms.body(forms.field("param", "-y"), forms.file("files[0]", "b", b"new"))
    answer = portal.post(sent, path=f"{JOBS}/{number}/rerun")
    assert answer.status_code == 200, answer.get_json()
    again = answer.get_json()["id"]
    assert portal.input_names(again) == {"a", "b"}
    assert (portal.world.services.layout.job_dir(portal.job(again)) / "b").read_bytes() == b"new"
    assert portal.state(again)["param"] == "-y"


@pytest.mark.parametrize(
    ("part", "code", "field"),
    [
        (forms.field("parm", "x"), "bad_input", "parm"),
        (forms.field("job[param]", "x"), "bad_input", "job[param]"),
        (forms.file("files[0]", "../b"), "bad_input", "files[0]"),
    ],
)
def test_a_form_with_files_that_may_not_be(portal: Portal, part: bytes, code: str, field: str) -> None:
    number = portal.submit(forms.file("files[0]", "a"))
    before = portal.left()
    answer = portal.post(forms.body(forms.file("files[9]", "z"), part), path=f"{JOBS}/{number}/rerun")
    assert_refused(answer, 400, code=code, field=field)
    assert portal.left() == before


def test_a_key_makes_running_again_with_files_safe_to_repeat(portal: Portal) -> None:
    number = portal.submit(forms.file("files[0]", "a"))
    headers = portal.auth | {"Idempotency-Key": "k"}
    made = [
        portal.post(forms.body(forms.file("f", "a", content)), path=f"{JOBS}/{number}/rerun", headers=headers)
        for content in (b"x", b"x", b"y")
    ]
    assert made[0].get_json()["id"] == made[1].get_json()["id"] != number
    assert_refused(made[2], 422, code="idempotency_key_reused", field="Idempotency-Key")


def test_inputs_that_are_gone_or_changed(portal: Portal) -> None:
    number = portal.submit(forms.file("files[0]", "a"))
    path = portal.world.services.layout.job_dir(portal.job(number)) / "a"
    path.write_bytes(b"changed")
    assert_refused(_do(portal, "POST", f"{number}/rerun"), 409, code="inputs_changed", field="job_id")
    path.unlink()
    assert_refused(_do(portal, "POST", f"{number}/rerun"), 409, code="inputs_gone", field="job_id")
