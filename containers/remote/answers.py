"""Requests and answers as lines. Pure."""

import json
from collections.abc import Mapping
from typing import Any

from containers.remote.errors import AnswerUnreadable, RequestRefused

_LONGEST_SENTENCE = 500


def request_line(arguments: Mapping[str, Any]) -> bytes:
    """Return the line that is sent."""
    return json.dumps(arguments).encode() + b"\n"


def later_line(verb: str, arguments: Mapping[str, Any]) -> bytes:
    """Return the line for a helper that was begun before there was a question."""
    return request_line({"verb": verb, "arguments": dict(arguments)})


def read_answer(line: bytes) -> dict[str, Any]:
    """Return what the helper answered.

    Raises:
        RequestRefused: it said no.
        AnswerUnreadable: the line is cut off, or is no answer.
    """
    unreadable = AnswerUnreadable("the build node's answer is unreadable: is its helper installed, in this release?")
    if not line.endswith(b"\n"):
        raise AnswerUnreadable("the build node's answer was cut off")
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        raise unreadable from None
    if not isinstance(answer, dict):
        raise unreadable
    error, values = answer.get("error"), answer.get("ok")
    if isinstance(error, dict) and isinstance(error.get("code"), str) and isinstance(error.get("message"), str):
        raise RequestRefused(error["code"], "".join(filter(str.isprintable, error["message"]))[:_LONGEST_SENTENCE])
    if not isinstance(values, dict):
        raise unreadable
    return values
