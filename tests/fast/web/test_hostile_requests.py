"""Requests that no client sends by mistake: refused, told why, in little time, and nothing stays."""

import time
from io import BytesIO
from typing import Any

import pytest

from tests.fast.web.forms import APP, MULTIPART, URLENCODED, body, field, file, part, urlencoded
from tests.fast.web.portal import JOBS, Portal, assert_refused

MANY = "9" * 5000
SMALL = body(APP, field("job[param]", "-a b"), file("files[0]", "a.txt", b"some content\r\n"))
MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize(
    "query",
    [
        "created_after=9999-12-31T23:59:59-14:00", "created_before=0001-01-01T00:00:00%2B14:00",
        "created_after=10000-01-01T00:00:00Z", f"created_after={MANY}", f"limit={MANY}", f"parent={MANY}",
        f"cursor=b{MANY}", "cursor=", "%FF=1", "limit=1e1", "deleted=%00",
    ],
)  # fmt: skip
def test_a_list_that_cannot_be(portal: Portal, query: str) -> None:
    assert portal.get(f"{JOBS}?{query}").status_code == 400


@pytest.mark.parametrize("path", [f"/datastore/{MANY}/1/{'0' * 40}/a", f"/datastore/1/1/{MANY}/a", f"{JOBS}/{MANY}"])
def test_a_number_that_none_has(portal: Portal, path: str) -> None:
    assert portal.get(path).status_code == 404


@pytest.mark.parametrize("query", ["wait=nan", "wait=inf", f"wait={MANY}", f"offset={MANY}", "wait=-1"])
def test_a_stream_that_cannot_be(portal: Portal, query: str) -> None:
    assert portal.get(f"{JOBS}/{portal.submit()}/events?{query}").status_code == 400


@pytest.mark.parametrize("last", [MANY, "0" * 5000, "-1", "1 2", "é", str(2**53 + 1)])
def test_an_event_that_none_was(portal: Portal, last: str) -> None:
    answer = portal.get("/api/v1/events?wait=0", headers=portal.auth | {"Last-Event-ID": last})
    assert_refused(answer, 400, code="bad_input", field="Last-Event-ID")


@pytest.mark.parametrize("sent", [b"[" * 60_000, b'{"a":' * 10_000, b'{"name": ' + b"9" * 50_000 + b"}", b"\xff", b"{"])
def test_json_that_nobody_can_read(portal: Portal, sent: bytes) -> None:
    answer = portal.client.post("/api/v1/tokens", data=sent, content_type="application/json", headers=portal.auth)
    assert_refused(answer, 400, code="bad_form")


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_end_outside_of_time(portal: Portal, moment: str) -> None:
    answer = portal.client.post("/api/v1/tokens", json={"expires_at": moment}, headers=portal.auth)
    assert_refused(answer, 400, code="bad_input", field="expires_at")


def test_the_scopes_of_a_form_may_come_one_by_one(portal: Portal) -> None:
    sent = {"scopes": ["jobs:read", "jobs:write"]}
    answer = portal.client.post("/api/v1/tokens", data=sent, headers=portal.auth)
    assert answer.get_json()["scopes"] == ["jobs:read", "jobs:write"]


@pytest.mark.parametrize("host", ["x" * 5000, "a b", "a@b", "", "\\"])
@pytest.mark.parametrize("path", ["/", "/nothing", f"{JOBS}/1"])
def test_a_host_that_can_be_none(portal: Portal, host: str, path: str) -> None:
    assert portal.get(path, headers=portal.auth | {"Host": host}).status_code < 500


@pytest.mark.parametrize(
    ("sent", "kind", "limit"),
    [
        (b"\r" * 256 * MEBIBYTE + SMALL, MULTIPART, "2097152"), (b"\r\n" * MEBIBYTE + SMALL, MULTIPART, "2097152"),
        (body(APP, part(b"form-data; name=f\r\nX: " + b"y" * 10_000_000, "")), MULTIPART, "2097152"),
        (body(APP, *[field(f"f{number}", "") for number in range(100_000)]), MULTIPART, "200"),
        (b"&".join(b"f%d=" % number for number in range(100_000)), URLENCODED, "200"),
        (body(APP, field("job[param]", "x " * 500_000)), MULTIPART, "65536"),
        (urlencoded(webapp_name="textstats", param="x " * 500_000), URLENCODED, "65536"),
        (body(APP, file("f", "x" * 1_000_000)), MULTIPART, "255"),
        (body(APP, file("f", "e\u0301" * 500_000)), MULTIPART, "255"),
        (body(APP, file("f", '\\"' * 500_000)), MULTIPART, "255"),
    ],
    ids=range(10),
)  # fmt: skip
def test_too_large_is_refused_soon_and_the_limit_is_named(portal: Portal, sent: bytes, kind: str, limit: str) -> None:
    began = time.process_time()
    answer = portal.post(sent, kind)
    assert time.process_time() - began < 2
    assert answer.status_code in {400, 413}, answer.text
    assert limit in answer.get_json()["error"]
    assert portal.left() == []


class _Broken(BytesIO):
    """Chunks that are none: the server raises an error of its own."""

    error: Exception = OSError("bad chunk")

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        if 0 <= (-1 if size is None else size) <= len(data):
            return data
        raise self.error

    def readinto(self, room: Any) -> int:
        got = super().readinto(room)
        if not got:
            raise self.error
        return got


class _Silent(_Broken):
    error = TimeoutError("timed out")


FORMS = [
    (SMALL, MULTIPART, JOBS), (urlencoded(webapp_name="textstats", param="rm a b"), URLENCODED, JOBS),
    (b"name=abc&scopes=jobs:read", URLENCODED, "/api/v1/tokens"),
    (b'{"name": "a"}', "application/json", "/api/v1/tokens"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "kind", "path"), FORMS, ids=range(4))
def test_a_body_that_is_cut_off_at_any_byte_leaves_nothing(portal: Portal, sent: bytes, kind: str, path: str) -> None:
    """A server hands over less, without an error; what came may be a whole form: half a param is another param."""
    for at in range(len(sent)):
        answer = portal.post(
            b"", kind, path=path, input_stream=BytesIO(sent[:at]),
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": str(len(sent))},
        )  # fmt: skip
        assert answer.status_code == 400, (at, answer.text)
    assert portal.left() == []
    assert portal.get("/api/v1/tokens").get_json()["tokens"][1:] == []


@pytest.mark.parametrize(("sent", "kind", "path"), FORMS, ids=range(4))
@pytest.mark.parametrize("stream", [_Broken, _Silent])
def test_a_body_that_breaks_off(portal: Portal, sent: bytes, kind: str, path: str, stream: type[_Broken]) -> None:
    headers = portal.auth | {"Transfer-Encoding": "chunked"}
    for at in (0, 1, len(sent) - 1, len(sent)):
        answer = portal.post(
            b"", kind, path=path, input_stream=stream(sent[:at]), headers=headers,
            environ_overrides={"wsgi.input_terminated": True},
        )  # fmt: skip
        assert answer.status_code in {400, 408}, (at, answer.text)
        assert path != JOBS or (answer.status_code == 408) == (stream is _Silent)
    assert portal.left() == []
