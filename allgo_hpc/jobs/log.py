"""Reading a job's log while the app writes it, and may put anything in its place."""

import errno
import os
import re
import stat
import unicodedata
from pathlib import Path

TAIL_LINES = 8
TAIL_CHARACTERS = 2000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])")
"""Colours, cursor movements and titles of terminals (ECMA-48)."""


def log_tail(output: bytes) -> str:
    """Return the last lines of some output as plain text: without progress lines, escapes and invisible characters."""
    text = plain(output.decode("utf-8", "replace"))
    lines = [line.rstrip() for line in text.split("\n") if line.strip() and not line.startswith("::progress ")]
    return "\n".join(lines[-TAIL_LINES:])[-TAIL_CHARACTERS:]


def plain(text: str) -> str:
    """Return output as text without escapes; each carriage return is a line's end, invisible characters are U+FFFD."""
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"} else "\ufffd" for c in text)


def read_log(path: Path, offset: int, most: int) -> tuple[bytes, int]:
    """Return up to ``most`` bytes of a log from byte ``offset`` on, and its size now.

    The app can replace the log by a link, a pipe or a folder: what is no plain file is read as empty. One that became
    shorter than ``offset`` gives nothing.

    Raises:
        OSError: the file system fails.
    """
    try:
        # O_NONBLOCK: opening a pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return b"", 0
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:  # a link, a socket
            return b"", 0
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return b"", 0
        data = os.pread(descriptor, most, offset) if offset < status.st_size else b""
        return data, status.st_size
    finally:
        os.close(descriptor)
