"""The helper with arguments that somebody made up: refused by name, and nothing has happened."""

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.clients import good, helper, helper_told

MADE_UP: list[tuple[str, dict[str, Any], str]] = [
    ("delete", {"name": ".."}, "name"),
    ("start", {"name": "/etc/passwd"}, "name"),
    ("restore", {"name": "a\0b"}, "name"),
    ("stop", {"name": "a" * 100_000}, "name"),
    ("drop-image", {"sha256": "../" + "a" * 61}, "sha256"),
    ("create", {"name": "x", "image": "a" * 63 + "\n"}, "image"),
    ("freeze", {"name": "x", "seconds": 10**30}, "seconds"),
]


def _listing() -> list[str]:
    root = Path("/var/lib/allgo-node")
    return sorted(str(path) for part in ("sandboxes", "making", "trash", "keys") for path in (root / part).rglob("*"))


def test_arguments_that_somebody_made_up() -> None:
    """The rest of them: tests/fast/node/test_fields.py."""
    before = _listing()
    for verb, arguments, field in MADE_UP:
        answer = helper(verb, **arguments)
        assert answer["error"]["code"] == "bad_request", (verb, answer)
        assert answer["error"]["message"].startswith(f"{field}: ")
    assert _listing() == before


@pytest.mark.parametrize("stdin", [b"[]\n", b"{\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b" " * (1 << 21)])
def test_requests_that_are_none(stdin: bytes) -> None:
    answer = helper_told(["status"], stdin)
    assert answer["error"]["code"] == "bad_request"


@pytest.mark.parametrize("words", [[], ["status", "x"], ["--help"], ["st\nop"]])
def test_verbs_that_are_none(words: list[str]) -> None:
    answer = helper_told(words, b"{}\n")
    assert answer["error"]["code"] == "bad_request"
    assert "node-status" in answer["error"]["message"]


def test_unknown_and_missing_arguments() -> None:
    assert helper("status")["error"]["message"] == "name: is missing"
    assert helper("status", name="x", path="/etc")["error"]["message"].startswith("path: no such argument")
    assert helper("node-status", name="x")["error"]["message"].startswith("name: no such argument")


def test_what_is_not_there() -> None:
    assert good("status", name="nothing")["state"] == "absent"
    for verb in ("start", "stop", "delete", "restore"):
        assert helper(verb, name="nothing")["error"]["code"] == "unknown_sandbox"
    assert helper("keys", name="nothing", keys=[])["error"]["code"] == "unknown_sandbox"
    assert helper("freeze", name="nothing", seconds=5)["error"]["code"] == "unknown_sandbox"
    assert helper("fetch-built", name="nothing", sha256="0" * 64)["error"]["code"] == "unknown_image"


def test_image_that_is_cut_off_or_another_file() -> None:
    images = Path("/var/lib/allgo-node/images")
    before = sorted(images.iterdir())
    for line in (b'{"sha256": "%s", "size": 100}\n' % (b"0" * 64), b'{"sha256": "%s", "size": 4}\n' % (b"0" * 64)):
        answer = helper_told(["put-image"], line + b"four")
        assert answer["error"]["code"] == "bad_image"
    assert helper("put-image", sha256="0" * 64, size=1 << 39)["error"]["code"] == "no_room"
    assert sorted(images.iterdir()) == before
