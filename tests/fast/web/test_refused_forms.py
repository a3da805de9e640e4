"""Every bad form is refused with a sentence, a code and a field, and leaves nothing behind."""

import pytest

from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.forms import APP, BOUNDARY, MULTIPART, URLENCODED, body, field, file, part, urlencoded
from tests.fast.web.portal import Portal, assert_refused

INPUT = file("files[0]", "a.txt", b"x" * 1000)
KINDS = ["sqlite", "postgresql"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "no_token"), ({"Authorization": ""}, "no_token"), ({"Authorization": "Token"}, "no_token"),
        ({"Authorization": "Token token="}, "no_token"), ({"Authorization": "Basic YTpi"}, "no_token"),
        ({"Authorization": "Token token=" + "0" * 40}, "wrong_token"), ({"Authorization": "Bearer é"}, "wrong_token"),
        ({"Authorization": "Token token=" + "x" * 10_000}, "wrong_token"),
    ],
)  # fmt: skip
def test_without_a_right_token(portal: Portal, header: dict[str, str], code: str) -> None:
    answer = portal.post(body(APP, INPUT), headers=header)
    assert_refused(answer, 401, code=code, field="Authorization")
    assert "Token" in answer.headers["WWW-Authenticate"]
    assert portal.left() == []


FIELDS = [
    ([field("job[webapp_name]", "textstat")], 404, "unknown_app", "job[webapp_name]", "did you mean 'textstats'"),
    ([field("job[webapp_id]", "999")], 404, "unknown_app", "job[webapp_id]", "no app '999'"),
    ([field("job[webapp]", "9" * 50)], 404, "unknown_app", "job[webapp]", "no app"),
    ([field("job[webapp]", "a\0b")], 404, "unknown_app", "job[webapp]", "(what was sent)"),
    ([field("job[webapp]", "x" * 100_000)], 404, "unknown_app", "job[webapp]", "(what was sent)"),
    ([field("job[param]", "x")], 400, "no_app", "job[webapp_id]", "no app is named"),
    ([field("job[webapp_id]", "")], 400, "no_app", "job[webapp_id]", "no app is named"),
    ([APP, field("job[queue]", "standrad")], 400, "unknown_queue", "job[queue]", "did you mean 'standard'"),
    ([APP, field("job[queue]", "a\0\n")], 400, "unknown_queue", "job[queue]", "(what was sent)"),
    ([APP, field("job[quue]", "batch")], 400, "unknown_field", "job[quue]", "did you mean 'job[queue]'"),
    ([APP, field("Job[param]", "batch")], 400, "unknown_field", "Job[param]", "did you mean 'job[param]'"),
    ([APP, field("job[version]", "7")], 400, "unknown_version", "job[version]", "published: 1"),
    ([APP, field("job[version]", "\0")], 400, "unknown_version", "job[version]", "(what was sent)"),
    ([APP, field("job[param]", "'open")], 400, "bad_input", "job[param]", "not closed"),
    ([APP, field("job[param]", 'a "b')], 400, "bad_input", "job[param]", "not closed"),
    ([APP, field("job[param]", "a\\")], 400, "bad_input", "job[param]", "lone backslash"),
    ([APP, field("job[param]", "a\nb")], 400, "bad_input", "job[param]", "U+000A"),
    ([APP, field("job[param]", "a\0b")], 400, "bad_input", "job[param]", "U+0000"),
    ([APP, field("job[param]", "\x1b[2J")], 400, "bad_input", "job[param]", "U+001B"),
    ([APP, field("job[param]", "x" * 70_000)], 400, "bad_input", "job[param]", "limit is 65536"),
    ([APP, field("job[param]", "x" * 3_000_000)], 413, "too_large", "job[param]", "2097152 bytes"),
    ([APP, field("note", "x" * 3_000_000)], 413, "too_large", "note", "2097152 bytes"),
    ([APP, field("job[param]", b"\xff\xfe")], 400, "bad_input", "job[param]", "not UTF-8"),
    ([field("job[webapp_name]", b"caf\xe9")], 400, "bad_input", "job[webapp_name]", "not UTF-8"),
    ([APP, field(b"job[\xff]", "x")], 400, "bad_form", "filename", "not UTF-8"),
    ([APP, part(b"form-data", "x")], 400, "bad_form", "name", "no name"),
    ([APP, part(b'form-data; name=""', "x")], 400, "bad_form", "name", "no name"),
    ([APP, part(b'form-data; filename="a.txt"', "x")], 400, "bad_form", "name", "no name"),
    ([APP, file("files[0]", "", b"content")], 400, "bad_form", "files[0]", "without a name"),
    ([APP, *[field(f"f{number}", "") for number in range(10_000)]], 413, "too_large", "", "200 fields"),
    ([APP, *[field("same", "") for _ in range(10_000)]], 413, "too_large", "", "200 fields"),
    ([APP, *[file("file", "", b"") for _ in range(10_000)]], 413, "too_large", "", "200 fields"),
    ([APP, *[file("file", f"{number}", b"") for number in range(1001)]], 413, "too_large", "file", "1000 files"),
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("parts", "status", "code", "name", "sentence"), FIELDS, ids=range(len(FIELDS)))
def test_a_bad_field(
    make_portal: MakePortal, *, kind: str, parts: list[bytes], status: int, code: str, name: str, sentence: str
) -> None:
    portal = make_portal(kind)
    # A file before and after: it must not stay either.
    answer = portal.post(body(file("first", "first.txt"), *parts, file("last", "last.txt")))
    assert sentence in assert_refused(answer, status, code=code, field=name)
    assert portal.left() == []
    assert portal.slurm.submitted == []


@pytest.mark.parametrize(
    ("sent", "content_type", "status", "code", "name"),
    [
        (body(APP, INPUT), "multipart/form-data", 400, "bad_form", "Content-Type"),
        (body(APP, INPUT), "multipart/form-data; boundary=", 400, "bad_form", "Content-Type"),
        (body(APP, INPUT), "multipart/form-data; boundary=other", 400, "bad_form", ""),
        (body(APP, INPUT), "application/json", 400, "bad_form", "Content-Type"),
        (b'{"job": 1}', "application/json", 400, "bad_form", "Content-Type"),
        (body(APP, INPUT), "text/plain", 400, "bad_form", "Content-Type"),
        (body(APP, INPUT), "x" * 10_000, 400, "bad_form", "Content-Type"),
        (body(APP, INPUT)[:-40], MULTIPART, 400, "bad_form", ""),
        (body(APP, INPUT)[:300], MULTIPART, 400, "bad_form", ""),
        (APP + INPUT, MULTIPART, 400, "bad_form", ""),
        (b"\r\n", MULTIPART, 400, "bad_form", ""),
        (b"no part at all", MULTIPART, 400, "bad_form", ""),
        (b"--" + BOUNDARY + b"--\r\n", MULTIPART, 400, "no_app", "job[webapp_id]"),
        (b"--" + BOUNDARY + b"\r\n\r\nno headers\r\n" + body(), MULTIPART, 400, "bad_form", ""),
        (b"--" + BOUNDARY + b"\r\nX: y\r\n\r\n1\r\n" + body(), MULTIPART, 400, "bad_form", ""),
        (b"--" + BOUNDARY + b"\r\nX: " + b"y" * 5_000_000, MULTIPART, 413, "too_large", ""),
        (b"", URLENCODED, 400, "no_app", "job[webapp_id]"),
        (urlencoded(webapp_id="textstats", param="x" * 2_200_000), URLENCODED, 413, "too_large", ""),
        (b"&".join(b"f%d=" % number for number in range(10_000)), URLENCODED, 413, "too_large", ""),
        (b"job[webapp_id]=textstats&job[param]=%FF", URLENCODED, 400, "bad_form", ""),
        (b"job[webapp_id]=textstats&job[param]=\xff", URLENCODED, 400, "bad_form", ""),
        (urlencoded(webapp_id="textstats", quue="x"), URLENCODED, 400, "unknown_field", "job[quue]"),
        (b"job%5Bwebapp_id%5D=%00", URLENCODED, 404, "unknown_app", "job[webapp_id]"),
    ],
)  # fmt: skip
def test_a_bad_body(portal: Portal, *, sent: bytes, content_type: str, status: int, code: str, name: str) -> None:
    assert_refused(portal.post(sent, content_type), status, code=code, field=name)
    assert portal.left() == []


def test_a_body_that_ends_before_its_length(portal: Portal) -> None:
    answer = portal.post(body(APP, INPUT)[:200], headers=portal.auth | {"Content-Length": "5000"})
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert portal.left() == []


def test_the_bytes_of_all_files_have_a_limit(make_portal: MakePortal) -> None:
    portal = make_portal(upload_max_bytes=1024)
    assert portal.post(body(APP, file("a", "a", b"x" * 1000), file("b", "b", b"x" * 24))).status_code == 200
    before = portal.left()
    answer = portal.post(body(APP, file("a", "a", b"x" * 1000), file("b", "b", b"x" * 25)))
    assert "1024 bytes" in assert_refused(answer, 413, code="too_large", field="b")
    assert portal.left() == before


def test_another_method_is_told_which_there_are(portal: Portal) -> None:
    answer = portal.client.delete("/api/v1/jobs", headers=portal.auth)
    assert_refused(answer, 405, code="http_405")
    assert "POST" in answer.headers["Allow"]


def test_what_is_not_there(portal: Portal) -> None:
    assert_refused(portal.get("/api/v1/nothing"), 404, code="http_404")


def test_the_forms_of_these_tests_are_right(portal: Portal) -> None:
    assert portal.post(body(APP, INPUT)).status_code == 200
    assert portal.post(forms.urlencoded(webapp_id="textstats"), URLENCODED).status_code == 200
