"""Looking for some words in a log, a bounded part of it at a time."""

import re
from dataclasses import dataclass
from pathlib import Path

from allgo_hpc.errors import BadInput
from allgo_hpc.jobs.log import plain, read_log

AT_ONCE = 64 * 1024**2
"""Bytes that are read for one answer."""
MOST = 100
"""Lines that one answer names."""
LONGEST = 200
_BLOCK = 1024**2
_SHOWN = 200


@dataclass(frozen=True)
class Found:
    """A place in the log: the byte where its line begins (a long line: shortly before it), and the line."""

    offset: int
    line: str


@dataclass(frozen=True)
class Search:
    """What was found, and the byte to go on at; None: all of the log was looked through."""

    found: list[Found]
    go_on: int | None


def search_log(path: Path, words: str, offset: int = 0) -> Search:
    """Look for some words from a byte on; letters of ASCII are found in either case.

    Raises:
        BadInput: nothing to look for, or too much.
        OSError: the file system fails.
    """
    wanted = words.encode("utf-8", "surrogatepass")
    if not words.strip() or len(wanted) > LONGEST or "\n" in words:
        raise BadInput(f"search: 1 to {LONGEST} bytes of one line", field="search")
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    found: list[Found] = []
    at, read = offset, 0
    last_line = -1
    while read < AT_ONCE:
        data, size = read_log(path, at, _BLOCK)
        if not data:
            return Search(found, None)
        last = at + len(data) >= size
        # What may go on in the next block is looked for there: this one ends with a line, if it has one.
        end = len(data) if last or (newline := data.rfind(b"\n")) < 0 else newline + 1
        for match in pattern.finditer(data, 0, end):
            line = _line(data, match.start(), end)
            if at + line[0] == last_line:
                continue
            last_line = at + line[0]
            found.append(Found(last_line, plain(data[line[0] : line[1]].decode("utf-8", "replace"))))
            if len(found) == MOST:
                following = at + max(line[1], match.end())
                return Search(found, following if following < size else None)
        step = end if last or end < len(data) else max(1, end - len(wanted) + 1)
        at, read = at + step, read + step
        if last:
            return Search(found, None)
    return Search(found, at)


def _line(data: bytes, at: int, end: int) -> tuple[int, int]:
    start = max(data.rfind(b"\n", 0, at) + 1, at - _SHOWN)
    stop = data.find(b"\n", at, end)
    return start, min(stop if stop >= 0 else end, start + 2 * _SHOWN)
