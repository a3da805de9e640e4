"""Reading a job's log while the app writes it, and may put anything in its place."""

import errno
import os
import stat
from pathlib import Path


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
