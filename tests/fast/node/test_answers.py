"""The portal's side of the lines: answers that are cut off, too strange, or a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers.remote.answers import read_answer, request_line
from containers.remote.errors import AnswerUnreadable, RequestRefused
from containers.remote.status import read_status


def test_good_answer() -> None:
    assert read_answer(b'{"ok": {"a": 1}}\n') == {"a": 1}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b'{"ok": {}}',
        b"\n",
        b"[]\n",
        b'{"ok": 5}\n',
        b'{"error": 5}\n',
        b'{"error": {"code": 5}}\n',
        b"\xff\n",
        b"x\n",
    ],
)
def test_unreadable_answers(line: bytes) -> None:
    with pytest.raises(AnswerUnreadable) as failure:
        read_answer(line)
    assert failure.value.transient


@pytest.mark.parametrize(
    ("code", "transient"), [("busy", True), ("no_room", True), ("exists", False), ("failed", False)]
)
def test_refusals(code: str, transient: bool) -> None:
    line = b'{"error": {"code": "%s", "message": "why\\u001b[2J not"}}\n' % code.encode()
    with pytest.raises(RequestRefused) as refusal:
        read_answer(line)
    assert (str(refusal.value), refusal.value.code, refusal.value.transient) == ("why[2J not", code, transient)


def test_request_is_one_line_of_ascii() -> None:
    assert request_line({"name": "a\nü"}) == b'{"name": "a\\n\\u00fc"}\n'


@given(st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_answer(data)
    except (AnswerUnreadable, RequestRefused):
        return


def test_status_from_values() -> None:
    status = read_status(
        {"name": "a", "state": "running", "limits": {"disk_mb": 5, "memory_mb": "x"}, "used": None, "keys": 2}
    )
    assert (status.name, status.state, status.keys, status.limits, status.used) == (
        "a",
        "running",
        2,
        {"disk_mb": 5, "memory_mb": 0},
        {},
    )
    for values in ({}, {"name": "a"}, {"name": "a", "state": "exploded"}, {"name": 5, "state": "running"}):
        with pytest.raises(AnswerUnreadable):
            read_status(values)
