"""``::progress 0.4 denoising``: how an app says on its output how far it is; pure."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_MESSAGE = 200
# The line stays in the log. A carriage return at its end or before it (progress bars) does not hide it. Nothing that
# was read is given back (++): a long line of blanks would take the square of its length.
_LINE = re.compile(
    rb"(?:^|[\n\r])::progress[ \t]++([01](?:\.[0-9]{0,18})?|\.[0-9]{1,18})(?:[ \t]++([^\n\r]*+))?+(?=[\n\r])", re.ASCII
)


@dataclass(frozen=True)
class Progress:
    """How far an app is: 0 to 1, and in words."""

    value: float
    message: str


def last_progress(output: bytes) -> Progress | None:
    """Return what the last whole progress line of some output says, None if there is none.

    A line that names no number from 0 to 1 says nothing; neither does one that has not ended yet.
    """
    found = None
    for match in _LINE.finditer(output):
        value = float(match[1])
        if value <= 1.0:
            found = Progress(value, _clean(match[2] or b""))
    return found


def _clean(raw: bytes) -> str:
    text = raw[: 4 * LONGEST_MESSAGE].decode("utf-8", "replace")
    visible = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text)
    return " ".join(visible.split())[:LONGEST_MESSAGE]
