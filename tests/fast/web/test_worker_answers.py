"""What the server itself says of a request that is no proper HTTP: the portal's own form of an error."""

import json
from email.parser import BytesHeaderParser
from http import HTTPStatus

import pytest
from gunicorn.http import errors  # type: ignore[import-untyped]

from allgo_hpc.codes import CODES
from tests.hostile import RAW, TEXTS
from web.server.worker import answer, refusal

LIMITS = {"line": 8190, "field": 8190, "fields": 100}
CASES = [
    (errors.LimitRequestLine(9000, 8190), 414, "8190 bytes"),
    (errors.LimitRequestHeaders("too many"), 431, "100 of them"),
    (errors.InvalidRequestLine("x"), 400, "no proper HTTP"),
    (errors.InvalidRequestMethod("G\0T"), 400, "no proper HTTP"),
    (errors.InvalidHTTPVersion("HTTP/9"), 400, "no proper HTTP"),
    (errors.InvalidHeader("a: b\r\nc"), 400, "no proper HTTP"),
    (errors.InvalidHeaderName("a b"), 400, "no proper HTTP"),
    (errors.NoMoreData(b"half"), 400, "no proper HTTP"),
]


def _parts(raw: bytes) -> tuple[str, dict[str, str], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, _, rest = head.partition(b"\r\n")
    return first.decode("ascii"), dict(BytesHeaderParser().parsebytes(rest)), body


@pytest.mark.parametrize(("error", "status", "words"), CASES, ids=lambda told: type(told).__name__)
def test_each_refusal_has_its_status_and_a_sentence(error: Exception, status: int, words: str) -> None:
    told, text = refusal(error, **LIMITS)
    assert told == status
    assert words in text
    assert f"http_{status}" in CODES


@pytest.mark.parametrize("status", [HTTPStatus(400), HTTPStatus(414), HTTPStatus(431), HTTPStatus(408)])
def test_the_answer_is_whole(status: HTTPStatus) -> None:
    first, headers, body = _parts(answer(status, "a sentence"))
    assert first == f"HTTP/1.1 {status.value} {status.phrase}"
    assert int(headers["Content-Length"]) == len(body)
    assert headers["Content-Type"] == "application/problem+json"
    assert headers["Connection"] == "close"
    assert headers["Access-Control-Allow-Origin"] == "*"
    told = json.loads(body)
    assert (told["status"], told["code"], told["detail"]) == (status.value, f"http_{status.value}", "a sentence")
    assert told["error"] == told["detail"]


@pytest.mark.parametrize("text", [*TEXTS, *(raw.decode("latin-1") for raw in RAW)], ids=ascii)
def test_no_text_of_a_request_makes_a_header(text: str) -> None:
    status, sentence = refusal(errors.InvalidHeader(text), **LIMITS)
    raw = answer(status, sentence)
    first, headers, body = _parts(raw)
    assert first == "HTTP/1.1 400 Bad Request"
    assert len(headers) == 4
    assert body.isascii()
    assert int(headers["Content-Length"]) == len(body)


def test_a_long_text_is_cut() -> None:
    _, sentence = refusal(errors.InvalidHeader("x" * 100_000), **LIMITS)
    assert len(sentence) < 500
