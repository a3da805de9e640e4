"""What the build node tells of a commit, as values with types. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from containers.remote.errors import AnswerUnreadable
from containers.surveying.entry import shown

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LOG_MOST, _SENTENCE_MOST = 64 * 1024, 1000


@dataclass(frozen=True)
class CommitStatus:
    """How far a commit is.

    Attributes:
        step: what it is at.
        percent: of that.
        log: what was said so far.
        failed: why there is no image; empty unless it failed.
        sha256: of the image; empty until it is whole.
        size: its bytes.
        delivered: the node has put it among the portal's images; whether that is so, the portal sees.
    """

    step: str = ""
    percent: int = 0
    log: str = ""
    failed: str = ""
    sha256: str = ""
    size: int = 0
    delivered: bool = False


def read_commit(values: Mapping[str, Any]) -> CommitStatus:
    """Read the node's answer; texts come out without control characters, and not too long.

    Raises:
        AnswerUnreadable: it is of another form.
    """
    unreadable = AnswerUnreadable("the build node's answer about a commit is unreadable")
    sha256, size, percent = values.get("sha256", ""), values.get("size", 0), values.get("percent", 0)
    if not isinstance(sha256, str) or (sha256 and not _SHA256.fullmatch(sha256)):
        raise unreadable
    if type(size) is not int or type(percent) is not int or size < 0:
        raise unreadable
    return CommitStatus(
        step=_text(values.get("step"), _SENTENCE_MOST),
        percent=max(0, min(100, percent)),
        log=_text(values.get("log"), _LOG_MOST),
        failed=_text(values.get("failed"), _SENTENCE_MOST),
        sha256=sha256,
        size=size,
        delivered=values.get("delivered") is True,
    )


def _text(value: object, most: int) -> str:
    text = value if isinstance(value, str) else ""
    return "\n".join("".join(shown(character) for character in line) for line in text[-most:].split("\n"))
