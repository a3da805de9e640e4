"""What is no proper HTTP, is cut off, is too much or hides a second request: one answer, soon, and nothing is left."""

import time
from collections.abc import Iterator

import pytest

from tests.cluster.lines import MULTIPART, Line, all_over, ask, form, head, kept
from tests.cluster.portal import Portal

MEBIBYTE = 1024 * 1024
HIDDEN = b"GET /api/v1/status?hidden HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def _nothing_left(portal: Portal) -> Iterator[None]:
    before = kept()
    yield
    assert kept() == before


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_connection_that_ends_at_any_point_of_an_upload(portal: Portal, how: str) -> None:
    body = form(b"x" * 3_000_000)
    start = head(portal, MULTIPART, f"Content-Length: {len(body)}")
    file = len(start) + body.index(b"xxx")
    points = [5, 40, len(start) - 2, len(start), len(start) + 3, file - 20, file - 2, file, file + 1_500_000]
    lines = []
    for at in [*points, len(start + body) - 12, len(start + body) - 1]:
        line = Line(portal)
        line.send((start + body)[:at])
        lines.append(line)
        line.reset() if how == "reset" else line.socket.close()
    all_over(lines)


@pytest.mark.parametrize("missing", [1, 2, 12, 1000])
def test_who_ends_early_and_listens_is_told(portal: Portal, missing: int) -> None:
    body = form(b"x" * 10_000)
    with Line(portal) as line:
        line.send(head(portal, MULTIPART, f"Content-Length: {len(body)}") + body[:-missing])
        line.socket.shutdown(1)
        (answer,) = line.answers()
    assert answer.status == 400
    assert "ended before" in answer.problem()["error"]


def test_half_a_form_without_files_is_none(portal: Portal) -> None:
    with Line(portal) as line:
        kind = "Content-Type: application/x-www-form-urlencoded"
        line.send(head(portal, kind, "Content-Length: 100") + b"job[webapp_name]=probe&job[param]=nothing")
        line.socket.shutdown(1)
        (answer,) = line.answers()
    assert answer.status == 400


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400), (b"SSH-2.0-OpenSSH_9.9\r\n", 400), (b"\0\0\0\0\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400), (b"GET /\r\n\r\n", 400), (b"G\xc3T / HTTP/1.1\r\n\r\n", 400),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 10_000_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"no colon " * 50_000 + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nA b: c\r\n\r\n", 400), (b"GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400),
        (b"POST /api/v1/jobs HTTP/1.1\r\nHost: p\r\nExpect: wonders\r\n\r\n", 400),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_proper_http(portal: Portal, sent: bytes, status: int) -> None:
    began = time.monotonic()
    answer = ask(portal, sent)
    assert answer.status == status
    assert len(answer.problem()["error"]) < 500
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 10", "Content-Length: 0"], ["Content-Length: 0", "Content-Length: 0"],
        ["Content-Length: 10, 0"], ["Content-Length: +10"], ["Content-Length: 0x10"], ["Content-Length: 1e1"],
        ["Content-Length: -1"], ["Content-Length: \xb2"], ["Content-Length: " + "9" * 5000], ["Content-Length: 1_0"],
        ["Content-Length: 10", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 0"],
        ["Transfer-Encoding: chunked, chunked"], ["Transfer-Encoding: xchunked"], ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], ["Transfer-Encoding: \x0bchunked"],
        ["Transfer-Encoding : chunked"], ["Transfer-Encoding: identity, chunked", " x"], ["Host: other"],
    ],
    ids=range(20),
)  # fmt: skip
def test_conflicting_lengths_hide_no_request(portal: Portal, lines: list[str]) -> None:
    answer = ask(portal, head(portal, *lines, MULTIPART) + b"0\r\n\r\n" + HIDDEN)
    assert answer.status == 400
    answer.problem()


@pytest.mark.parametrize("size", ["-1", "0x5", "5 5", "", "g", ";", "5;\x00", "\n5", "+5", "F" * 20_000, "5\r"])
def test_chunks_of_no_size_hide_no_request(portal: Portal, size: str) -> None:
    answer = ask(
        portal, head(portal, "Transfer-Encoding: chunked", MULTIPART) + size.encode() + b"\r\nhello\r\n" + HIDDEN
    )
    assert answer.status == 400
    answer.problem()


@pytest.mark.parametrize("call", ["GET /api/v1/jobs", "POST /api/v1/jobs", "DELETE /api/v1/jobs/1", "POST /nothing"])
def test_what_is_refused_before_it_is_read_is_not_taken_for_a_request(portal: Portal, call: str) -> None:
    with Line(portal) as line:
        line.send(head(portal, f"Content-Length: {len(HIDDEN)}", call=call, token="0" * 40) + HIDDEN)
        line.send(b"GET /api/v1/status HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n")
        answers = line.answers()
    assert [answer.status for answer in answers] == [404 if call.endswith("nothing") else 401, 200]


@pytest.mark.parametrize("refused", ["token", "app", "type"])
def test_an_early_refusal_arrives_while_200_megabytes_are_sent(portal: Portal, refused: str) -> None:
    start = form(b"", name="a/b") if refused == "app" else form(b"")
    size = len(start) + 200 * MEBIBYTE
    kind = "Content-Type: text/plain" if refused == "type" else MULTIPART
    with Line(portal) as line:
        line.send(head(portal, kind, f"Content-Length: {size}", token="0" * 40 if refused == "token" else None) + start)
        for _ in range(200):
            line.send(b"x" * MEBIBYTE)
        (answer,) = line.answers(ends=False)
    assert answer.status == (401 if refused == "token" else 400)
    answer.problem()
