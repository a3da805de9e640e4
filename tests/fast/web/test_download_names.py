"""A file's name in the header of its download: exactly the name, and nothing that the name could add to the headers."""

from urllib.parse import unquote

import pytest

from tests.fast.web.portal import Portal

NAMES = [
    "plain.txt", 'quote".txt', "back\\slash", "it's; filename=other", "two  spaces ", "semi;colon", "100%.txt",
    "%0d%0a", "é 中 🙂.txt", "é" * 125, "x" * 250, "\u202egnp.exe", "line\u2028separator", "a\u200bb", "=?utf-8?q?x?=",
]  # fmt: skip
BROKEN = ["line\nfeed", "crlf\r\nX-Injected: yes", "tab\t", "\x1b[31m", "c1\x85", "\x7f"]


@pytest.mark.parametrize("name", [*NAMES, *BROKEN], ids=ascii)
def test_the_name_is_told_whole_and_alone(portal: Portal, name: str) -> None:
    _, listed = portal.finished({name: b"content"})
    (flat,) = set(listed) - {"allgo.log"}
    answer = portal.get(listed[flat])
    header = answer.headers["Content-Disposition"]
    assert answer.data == b"content"
    assert header.startswith("attachment; filename")
    assert header.isascii()
    assert header.isprintable()
    assert "X-Injected" not in answer.headers
    assert _told(header) == flat
    assert flat == name.replace("\\", "_") or name in BROKEN or len(name.encode()) > 200


def _told(header: str) -> str:
    """Read the name as RFC 6266 has it: the extended form where there is one, else the quoted or bare one."""
    if "filename*=UTF-8''" in header:
        return unquote(header.rpartition("filename*=UTF-8''")[2], errors="strict")
    value = header.removeprefix("attachment; filename=")
    if value.startswith('"'):
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value
