"""Reading listed files out of job folders, and nothing else: no link is followed, nothing put in their place."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

BLOCK = 128 * 1024
"""Bytes that are read at a time."""
KEPT_EVERY_S = 300.0
"""A fraction of the time for which the trash is kept."""
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: had it become a FIFO, opening it would wait for ever.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

type Read = Callable[[Path, bytes, int, int], Iterator[bytes]]
"""Gives a file's bytes: folder of the job, path below it, listed size, where to begin."""


class NotAsListed(Exception):  # noqa: N818  # it tells what was found
    """A file is gone, has become something else, or has another size than its list says."""


def is_contained(path: bytes) -> bool:
    """True for a relative path that cannot lead out of its folder, links aside."""
    return b"\0" not in path and all(part not in {b"", b".", b".."} for part in path.split(b"/"))


@contextmanager
def listed_files() -> Iterator[Read]:
    """Give what reads the files of one job folder after the other, each folder opened once, each file when it is read.

    A folder stays open until the next one's turn: should its job be deleted meanwhile, the files are still found. Its
    change time is set now and then, so that it stays in the trash while it is read.
    """
    with ExitStack() as opened:
        now: tuple[Path, int] | None = None
        told_at = time.monotonic()

        def read(folder: Path, path: bytes, size: int, start: int = 0) -> Iterator[bytes]:
            nonlocal now, told_at
            if now is None or now[0] != folder:
                opened.close()
                now = (folder, _opened(folder, _FOLDER))
                opened.callback(os.close, now[1])
            for piece in _read(now[1], path, size, start):
                if time.monotonic() - told_at > KEPT_EVERY_S:
                    told_at = time.monotonic()
                    _set_change_time(now[1])
                yield piece

        yield read


def _read(folder: int, path: bytes, size: int, start: int) -> Iterator[bytes]:
    with ExitStack() as opened:
        file = _open_below(folder, path)
        opened.callback(os.close, file)
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_size != size:
            raise NotAsListed(f"{path!r} is not the file of {size} bytes that is listed")
        left = size - start
        while left > 0:
            piece = os.pread(file, min(BLOCK, left), size - left)
            if not piece:
                raise NotAsListed(f"{path!r} ends {left} bytes early")
            left -= len(piece)
            yield piece


def _set_change_time(folder: int) -> None:
    """Set what ``empty_trash`` goes by, and nothing else."""
    with suppress(OSError):  # a storage that is read-only, or away: nothing is removed there either
        status = os.stat(".", dir_fd=folder)
        os.utime(".", dir_fd=folder, ns=(status.st_atime_ns, status.st_mtime_ns))


def _open_below(folder: int, path: bytes) -> int:
    if not is_contained(path):
        raise NotAsListed(f"{path!r} leads out of its folder")
    *folders, name = path.split(b"/")
    with ExitStack() as opened:
        for part in folders:
            folder = _opened(part, _FOLDER, folder)
            opened.callback(os.close, folder)
        return _opened(name, _FILE, folder)


def _opened(path: Path | bytes, flags: int, below: int | None = None) -> int:
    try:
        return os.open(path, flags, dir_fd=below)
    except OSError as error:
        raise NotAsListed(f"cannot open {os.fspath(path)!r}: {error.strerror}") from error
