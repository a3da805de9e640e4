"""How the portal and its helper talk: each message is four bytes of length and that many bytes of JSON."""

import json
import struct
from typing import Any

LENGTH_BYTES = 4
LARGEST_BYTES = 8 * 1024 * 1024
"""Slurm takes scripts of up to 4 MB; escaped as JSON, one may be larger. More is no message of ours."""


class BadFrame(ValueError):  # noqa: N818  # says what it is
    """What came is no message."""


def pack(message: dict[str, Any]) -> bytes:
    """Return a message as it travels.

    Raises:
        BadFrame: it is too large.
    """
    body = json.dumps(message).encode("ascii")
    if len(body) > LARGEST_BYTES:
        raise BadFrame(f"a message of {len(body)} bytes")
    return struct.pack("!I", len(body)) + body


def body_length(head: bytes) -> int:
    """Return how many bytes follow the first four.

    Raises:
        BadFrame: that many never do.
    """
    length: int = struct.unpack("!I", head)[0]
    if length > LARGEST_BYTES:
        raise BadFrame(f"a message of {length} bytes")
    return length


def unpack(body: bytes) -> dict[str, Any]:
    """Return the message of these bytes.

    Raises:
        BadFrame: they are none.
    """
    try:
        message = json.loads(body)
    except ValueError as cause:
        raise BadFrame("a message that is no JSON") from cause
    if not isinstance(message, dict):
        raise BadFrame("a message that is no object")
    return message
