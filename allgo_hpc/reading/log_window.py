"""A part of a log, however long the log is: whole lines, whole characters, never more than asked for."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from allgo_hpc.jobs.log import read_log

LONGEST = 256 * 1024
"""Bytes that are read at once."""
USUAL = 64 * 1024


@dataclass(frozen=True)
class Window:
    """A part of a log.

    Attributes:
        start: byte where it begins.
        end: byte after it.
        size: bytes of the whole log when it was read.
        text: what is there; bytes that are no UTF-8 are U+FFFD.
    """

    start: int
    end: int
    size: int
    text: str


def window_from(path: Path, offset: int, length: int = USUAL, *, ended: bool, whole_lines: bool = False) -> Window:
    """Return what follows a byte.

    Args:
        path: of the log.
        offset: where to begin.
        length: most bytes.
        ended: the log will not grow: what stands at its end is all there is.
        whole_lines: begin with the first line that begins at or after ``offset``; else at ``offset`` itself.

    Raises:
        OSError: the file system fails.
    """
    length = max(0, min(length, LONGEST))
    if not whole_lines or offset == 0:
        data, size = read_log(path, offset, length)
        return _window(data, min(offset, size), size, ended=ended)
    data, size = read_log(path, offset - 1, length + 1)
    if not data:
        return Window(size, size, size, "")
    skipped = _begin(data)
    return _window(data[skipped:], offset - 1 + skipped, size, ended=ended)


def window_before(path: Path, offset: int | None, length: int = USUAL, *, ended: bool) -> Window:
    """Return the lines that end at a byte; None: at the end of the log.

    Raises:
        OSError: the file system fails.
    """
    length = max(1, min(length, LONGEST))
    _, size = read_log(path, 0, 0)
    end = size if offset is None else min(offset, size)
    start = max(0, end - length)
    if start == 0:
        data, size = read_log(path, 0, end)
        return _window(data, 0, size, ended=ended or offset is not None, cut=False)
    data, size = read_log(path, start - 1, end - start + 1)
    skipped = _begin(data)
    return _window(data[skipped:], start - 1 + skipped, size, ended=ended or offset is not None, cut=False)


def _begin(data: bytes) -> int:
    """Return where the first line begins after the byte before; in one line without end, where a character does."""
    newline = data.find(b"\n")
    if 0 <= newline < len(data) - 1:
        return newline + 1
    start = 1
    while start < min(4, len(data)) and data[start] & 0xC0 == 0x80:  # noqa: PLR2004  # UTF-8's later bytes
        start += 1
    return start


def _window(data: bytes, start: int, size: int, *, ended: bool, cut: bool = True) -> Window:
    """Decode; what is followed by more ends with a line where it can."""
    more = start + len(data) < size
    if more and cut and (newline := data.rfind(b"\n")) >= 0:
        data = data[: newline + 1]
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data, final=ended and not (more and cut))
    end = start + len(data) - len(decoder.getstate()[0])
    if data and end == start:  # a cut character and nothing else, with more to come behind it
        text, end = ("\ufffd", start + len(data)) if more else ("", start)
    return Window(start, end, size, text)
