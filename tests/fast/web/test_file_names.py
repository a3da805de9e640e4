"""The names of uploaded files: refused by field, or in the job folder exactly as sent."""

import pytest

from tests.fast.web.conftest import MakePortal
from tests.fast.web.forms import APP, body, field, file, part
from tests.fast.web.portal import Portal, assert_refused
from tests.hostile import CONTROLS, RAW

# A line break ends a header: what a client sends for it is %0A, or a malformed part (below).
IN_A_HEADER = [name for name in CONTROLS if not set("\r\n\x1c\x1d\x1e\x85\u2028\u2029") & set(name) and name.isascii()]
REFUSED = [
    "/etc/passwd", "../escape", "a/b", "a\\b", "..\\b", ".", "..", "/", "allgo.log", "ALLGO.log", "x" * 300, "é" * 128,
    "x" * 1_000_000, "a/" * 100_000, "zero\u200bwidth", "\u202egnp.exe", "\ufeff", *IN_A_HEADER,
]  # fmt: skip


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: ascii(name[:20]))
def test_refused_by_the_field_that_carried_it(portal: Portal, name: str) -> None:
    answer = portal.post(body(APP, file("files[0]", "fine.txt"), file("files[1]", name)))
    assert_refused(answer, 400, code="bad_input", field="files[1]")
    assert portal.left() == []


@pytest.mark.parametrize("raw", RAW)
def test_bytes_that_are_no_text(portal: Portal, raw: bytes) -> None:
    answer = portal.post(body(APP, file("files[0]", raw)))
    assert_refused(answer, 400, code="bad_form", field="filename")
    assert portal.left() == []


@pytest.mark.parametrize(
    "name", ["line\nfeed", "carriage\rreturn", "crlf\r\nX-Injected: yes", "end\r\n\r\nof the headers"]
)
def test_a_name_that_breaks_its_header(portal: Portal, name: str) -> None:
    answer = portal.post(body(APP, file("files[0]", name)))
    assert answer.status_code == 400
    assert answer.get_json()["code"] == "bad_form"
    assert portal.left() == []


@pytest.mark.parametrize("encoded", [b"..%2F..%2Fescape", b"a%00b", b"a%0Ab", b"a%5Cb"])
def test_an_extended_name_is_looked_at_after_it_was_decoded(portal: Portal, encoded: bytes) -> None:
    answer = portal.post(body(APP, part(b"form-data; name=f; filename*=UTF-8''" + encoded, "x")))
    assert answer.status_code == 400
    assert portal.left() == []


@pytest.mark.parametrize("names", [["a.txt", "a.txt"], ["e\u0301", "\u00e9"]])
def test_one_name_twice(portal: Portal, names: list[str]) -> None:
    answer = portal.post(body(APP, *(file(f"files[{number}]", name) for number, name in enumerate(names))))
    assert "sent already as files[0]" in assert_refused(answer, 400, code="bad_input", field="files[1]")
    assert portal.left() == []


@pytest.mark.parametrize(
    "name",
    [
        "a.txt", "with space.txt", " ", "-rf", "--help", "$(touch pwned)", "`id`", "*", "'", 'say "hi"', "a;b", "a=b",
        ".x", "...", "%2e%2e%2f", "%0A", "é.png", "中文 🙂.txt", "x" * 255, "con", "\u2024\u2024", "\uff0fetc",
    ],
)  # fmt: skip
def test_kept_exactly(portal: Portal, name: str) -> None:
    number = portal.submit(file("files[0]", name, b"content"))
    assert portal.input_names(number) == {name}
    listed = set(portal.end(number)[str(number)])
    assert name in listed or len(name.encode()) > 200, "only a very long one is listed under a shorter"


def test_a_decomposed_name_is_composed(portal: Portal) -> None:
    assert portal.input_names(portal.submit(file("f", "e\u0301te\u0301.txt"))) == {"\u00e9t\u00e9.txt"}


def test_an_empty_file_no_file_and_a_browsers_empty_field(portal: Portal) -> None:
    assert portal.input_names(portal.submit(file("f", "empty.txt", b""))) == {"empty.txt"}
    assert portal.input_names(portal.submit()) == set()
    assert portal.input_names(portal.submit(file("files[]", "", b""), field("commit", "Run"))) == set()


def test_as_many_files_as_the_limit_and_not_one_more(make_portal: MakePortal) -> None:
    portal = make_portal(upload_max_files=40)
    parts = [file("file", f"{number}.txt", b"x") for number in range(41)]
    assert len(portal.input_names(portal.submit(*parts[:40]))) == 40
    before = portal.left()
    assert_refused(portal.post(body(APP, *parts)), 413, code="too_large", field="file")
    assert portal.left() == before


def test_a_thousand_files(portal: Portal) -> None:
    number = portal.submit(*(file(f"files[{number}]", f"{number}.txt", b"x") for number in range(1000)))
    assert len(portal.input_names(number)) == 1000
