"""``Idempotency-Key``: the content counts, not the bytes that it came in."""

import pytest
from werkzeug.test import TestResponse

from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


PARTS = (forms.APP, forms.field("job[param]", "-x"), forms.file("files[0]", "a", b"1"), forms.file("files[1]", "b"))


def _post(
    portal: Portal, *parts: bytes, key: str = "a-key", boundary: bytes = forms.BOUNDARY, token: str = ""
) -> TestResponse:
    body = forms.body(*parts).replace(forms.BOUNDARY, boundary)
    headers = portal.auth_of(token or portal.token) | {"Idempotency-Key": key}
    return portal.post(body, f"multipart/form-data; boundary={boundary.decode()}", headers=headers)


def _number(answer: TestResponse) -> int:
    assert answer.status_code == 200, answer.text
    return int(answer.get_json()["id"])


def test_the_same_with_another_boundary_or_in_another_order_is_the_same_job(portal: Portal) -> None:
    number = _number(_post(portal, *PARTS))
    before = portal.left()
    assert _number(_post(portal, *PARTS, boundary=b"another-boundary")) == number
    assert _number(_post(portal, *reversed(PARTS))) == number
    assert portal.left() == before
    assert len(portal.slurm.submitted) == 1


@pytest.mark.parametrize(
    "parts",
    [
        (forms.APP, forms.field("job[param]", "-y"), *PARTS[2:]),
        (*PARTS, forms.field("job[queue]", "batch")),
        (*PARTS, forms.field("job[batch]", "each")),
        (*PARTS[:2], forms.file("files[0]", "a", b"2"), PARTS[3]),
        (*PARTS[:2], forms.file("files[0]", "c", b"1"), PARTS[3]),
        PARTS[:3],
        (*PARTS, forms.file("files[2]", "c")),
    ],
)
def test_with_anything_different_it_is_refused(portal: Portal, parts: tuple[bytes, ...]) -> None:
    number = _number(_post(portal, *PARTS))
    before = portal.left()
    answer = _post(portal, *parts)
    text = assert_refused(answer, 422, code="idempotency_key_reused", field="Idempotency-Key")
    assert f"job {number}" in text
    assert portal.left() == before
    assert _number(_post(portal, *parts, key="another")) != number


def test_without_a_key_each_is_a_job(portal: Portal) -> None:
    assert portal.submit() != portal.submit()


def test_another_users_same_key(portal: Portal) -> None:
    other = portal.token_of(portal.world.app.owner)
    assert _number(_post(portal, *PARTS)) != _number(_post(portal, *PARTS, token=other))


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é"])
def test_a_key_that_may_not_be_keeps_nothing(portal: Portal, key: str) -> None:
    assert_refused(_post(portal, *PARTS, key=key), 400, code="bad_input", field="Idempotency-Key")
    assert portal.left() == []


def test_on_running_again(portal: Portal) -> None:
    number = portal.submit(forms.file("files[0]", "a"))
    again = f"{JOBS}/{number}/rerun"

    def post(key: str, **changes: str) -> TestResponse:
        return portal.client.post(again, json=changes, headers=portal.auth | {"Idempotency-Key": key})

    first = _number(post("k", param="-y"))
    assert _number(post("k", param="-y")) == first
    assert_refused(post("k", param="-z"), 422, code="idempotency_key_reused", field="Idempotency-Key")
    other = portal.submit(forms.file("files[0]", "a"))
    answer = portal.client.post(
        f"{JOBS}/{other}/rerun", json={"param": "-y"}, headers=portal.auth | {"Idempotency-Key": "k"}
    )
    assert_refused(answer, 422, code="idempotency_key_reused", field="Idempotency-Key")
    assert_refused(post("bad key"), 400, code="bad_input", field="Idempotency-Key")
