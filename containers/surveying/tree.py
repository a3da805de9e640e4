"""A root file system that is a folder, such as a sandbox. Its owner may change it while it is looked at."""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from containers.errors import ImageError
from containers.surveying.entry import Entry, shown
from containers.surveying.roots import Root

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class TreeRoot(Root):
    """Looks at single files of a tree, each step from an open folder, so that no link is ever followed by the system.

    Args:
        folder: the tree's ``/``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self, path: PurePosixPath) -> Entry | None:
        """As ``Root.look``."""
        try:
            with self._parent(path) as parent:
                found = os.stat(path.name or ".", dir_fd=parent, follow_symlinks=False)
                target = os.readlink(path.name, dir_fd=parent) if stat.S_ISLNK(found.st_mode) else ""
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError) as cause:
            raise _unreadable(path, cause) from cause
        return Entry(path, stat.filemode(found.st_mode), target, f"{found.st_uid}/{found.st_gid}", found.st_size)

    def head(self, entry: Entry, size: int) -> bytes:
        """As ``Root.head``."""
        try:
            with self._parent(entry.path) as parent:
                file = os.open(entry.path.name, _FILE, dir_fd=parent)
                with open(file, "rb") as opened:  # noqa: PTH123  # a descriptor
                    return opened.read(size) if stat.S_ISREG(os.fstat(file).st_mode) else b""
        except (OSError, ValueError) as cause:
            raise _unreadable(entry.path, cause) from cause

    @contextlib.contextmanager
    def _parent(self, path: PurePosixPath) -> Iterator[int]:
        """Open the folder that ``path`` is in."""
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in path.parts[1:-1]:
                inner = os.open(name, _FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)


def _unreadable(path: PurePosixPath, cause: Exception) -> ImageError:
    reason = cause.strerror if isinstance(cause, OSError) else str(cause)
    return ImageError(f"{shown(str(path))} cannot be read: {reason}")
