"""The arguments of verbs: each kind checks any value, and says which field is wrong and what it may be. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from containers.committing.author_text import check_message
from containers.keys import KeyRefused, read_key
from containers.node.errors import bad_request
from containers.node.names import check_name

type Check = Callable[[str, Any], Any]

_UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
MOST_KEYS = 200


def check_arguments(fields: Mapping[str, Check], given: object) -> dict[str, Any]:
    """Return the arguments, checked: exactly those of ``fields``.

    Raises:
        NodeError: ``bad_request``, with the field's name.
    """
    if not isinstance(given, dict):
        raise bad_request("the request must be one JSON object")
    for name in given:
        if name not in fields:
            shown = name if name.isprintable() and len(name) <= 32 else "(unreadable)"  # noqa: PLR2004
            raise bad_request(f"{shown}: no such argument; there are: {', '.join(fields) or 'none'}")
    missing = [name for name in fields if name not in given]
    if missing:
        raise bad_request(f"{missing[0]}: is missing")
    return {name: check(name, given[name]) for name, check in fields.items()}


def name(_field: str, value: Any) -> str:  # noqa: ANN401
    """A sandbox's name."""
    return check_name(value)


def sha256(field: str, value: Any) -> str:  # noqa: ANN401
    """An image's SHA-256."""
    if not isinstance(value, str) or not _SHA256.fullmatch(value):
        raise bad_request(f"{field}: must be a SHA-256, 64 digits of 0-9 and a-f")
    return value


def uuid(field: str, value: Any) -> str:  # noqa: ANN401
    """A UUID as RFC 9562 writes it."""
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise bad_request(f"{field}: must be a UUID, in small letters")
    return value


def message(field: str, value: Any) -> str:  # noqa: ANN401
    """What an author says of a commit."""
    if not isinstance(value, str):
        raise bad_request(f"{field}: must be a text")
    try:
        check_message(value)
    except ValueError as cause:
        raise bad_request(f"{field}: {cause}") from cause
    return value


def number(least: int, most: int) -> Check:
    """A whole number within limits."""

    def check(field: str, value: Any) -> int:  # noqa: ANN401
        if type(value) is not int or not least <= value <= most:
            raise bad_request(f"{field}: must be a whole number from {least} to {most}")
        return value

    return check


def keys(field: str, value: Any) -> list[Any]:  # noqa: ANN401
    """A list of public keys, each as a line of text."""
    if not isinstance(value, list) or len(value) > MOST_KEYS:
        raise bad_request(f"{field}: must be a list of at most {MOST_KEYS} keys")
    found = []
    for position, line in enumerate(value, start=1):
        try:
            found.append(read_key(line if isinstance(line, str) else ""))
        except KeyRefused as cause:
            raise bad_request(f"{field}: key {position}: {cause}") from cause
    return found
