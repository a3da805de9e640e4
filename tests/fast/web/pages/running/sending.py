"""Sends the form that runs an app, as a browser without scripts does."""

import io
from typing import Any

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.fast.web.page import Element, Page
from tests.fast.web.visitor import Visitor

RUN = "/apps/textstats/run"
_FIELDS = ("param", "queue", "version", "memory_mb", "cpus", "batch", "mail_at_end", "paths")
_NAMES = {"source": "from"} | {name: f"job[{name}]" for name in _FIELDS}
TYPED = [
    {"name": "Rounds", "type": "number", "option": "--iter", "integer": True, "required": True, "max": 9},
    {"name": "Fast", "type": "flag", "option": "-f"},
    {"name": "A 'b' <c>", "type": "text", "option": "--title"},
]


def send(
    visitor: Visitor, files: dict[str, bytes] | None = None, token: str | None = None, **fields: Any
) -> TestResponse:
    """Send the form as a browser does: the token first, then fields and files."""
    data: MultiDict[str, Any] = MultiDict([("csrf_token", visitor.token() if token is None else token)])
    data.update({_NAMES.get(name, name): value for name, value in fields.items()})
    for name, content in (files or {}).items():
        data.add("files", (io.BytesIO(content), name))
    return visitor.client.post(RUN, data=data, content_type="multipart/form-data", buffered=True)


def field_shown(answer: TestResponse, name: str) -> Element:
    """The field of that name in an answer; its hidden twin, which a checkbox has, is not meant."""
    named = [each for each in Page(answer.text).elements if each.get("name") == name]
    return next(each for each in named if len(named) == 1 or each.get("type") != "hidden")
