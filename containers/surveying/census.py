"""Counts a tree that is to be packed: what is too much is told with its figure."""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from containers.errors import ImageError
from containers.surveying.entry import shown
from containers.surveying.left_out import is_left_out
from containers.surveying.limits import ImageLimits, amount

_EXAMPLES = 5
_SYSTEM = ("usr/bin/", "usr/sbin/", "usr/lib/", "bin/", "sbin/")
_SPECIAL = {stat.S_IFBLK: "device", stat.S_IFCHR: "device", stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket"}


@dataclass
class Named:
    """Files of one kind: how many, and the first few names."""

    count: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, name: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.names) < _EXAMPLES:
            self.names.append(shown("/" + name))

    def __str__(self) -> str:
        more = f" and {self.count - len(self.names)} more" if self.count > len(self.names) else ""
        return ", ".join(self.names) + more


@dataclass
class Census:
    """What is in a tree, without what is left out of images.

    Attributes:
        entries: files, folders and links.
        total: bytes, a hard link counted once, a sparse file as large as it says.
        special: devices, named pipes and sockets.
        privileged: plain files with a set-uid or set-gid bit, but those that every system has (``/usr/bin/su``).
    """

    entries: int = 0
    total: int = 0
    special: Named = field(default_factory=Named)
    privileged: Named = field(default_factory=Named)

    def notes(self) -> tuple[str, ...]:
        """Return what the author is told."""
        notes = []
        if self.special.count:
            notes.append(f"left out, as an image holds no devices, pipes and sockets: {self.special}")
        if self.privileged.count:
            notes.append(f"set-uid and set-gid bits were taken off, they mean nothing in a job: {self.privileged}")
        return tuple(notes)


def take_census(tree: Path, limits: ImageLimits, ended: Callable[[], bool] = lambda: False) -> Census:
    """Walk over the tree, following no link and entering no other file system.

    Args:
        tree: the folder.
        limits: how large it may be.
        ended: is asked at each folder whether nobody wants the figures any more.

    Raises:
        ImageError: it holds more than the limits allow, takes too long, a folder cannot be read, or a name holds a line
            feed (no list of files could be read again); or nobody wants the figures.
    """
    census = Census()
    linked: set[tuple[int, int]] = set()
    deadline = time.monotonic() + limits.seconds
    try:
        device = tree.stat().st_dev
    except OSError as cause:
        raise ImageError(f"the tree cannot be read: {cause.strerror}") from cause
    folders = [""]
    while folders:
        folder = folders.pop()
        if ended():
            raise ImageError("counting the files was ended before its end")
        if time.monotonic() > deadline:
            raise ImageError(f"counting the files took more than {limits.seconds:g} s ({census.entries} so far)")
        try:
            with os.scandir(tree / folder) as found:
                for file in found:
                    name = f"{folder}/{file.name}" if folder else file.name
                    if is_left_out(name):
                        continue
                    status = file.stat(follow_symlinks=False)
                    _count(census, name, status, linked)
                    _check(census, name, limits)
                    if stat.S_ISDIR(status.st_mode):
                        if status.st_dev != device:
                            raise ImageError(f"{shown('/' + name)} is another file system that is mounted in the tree")
                        folders.append(name)
        except OSError as cause:
            raise ImageError(f"{shown('/' + folder)} cannot be read: {cause.strerror}") from cause
    return census


def _count(census: Census, name: str, status: os.stat_result, linked: set[tuple[int, int]]) -> None:
    kind = stat.S_IFMT(status.st_mode)
    if kind in _SPECIAL:
        census.special.add(name)
        return
    census.entries += 1
    if kind != stat.S_IFREG:
        return
    if status.st_mode & (stat.S_ISUID | stat.S_ISGID) and not name.startswith(_SYSTEM):
        census.privileged.add(name)
    if status.st_nlink > 1:
        key = (status.st_dev, status.st_ino)
        if key in linked:
            return
        linked.add(key)
    census.total += status.st_size


def _check(census: Census, name: str, limits: ImageLimits) -> None:
    if "\n" in name:
        raise ImageError(f"a file's name holds a line feed: {shown('/' + name)}; rename it")
    if census.entries > limits.files:
        raise ImageError(
            f"the tree holds more than {limits.files} files (counting stopped in {shown('/' + name)}): remove some, or"
            " pack many small files into an archive"
        )
    if census.total > limits.tree_bytes:
        raise ImageError(
            f"the tree holds more than {amount(limits.tree_bytes)} (counting stopped at {amount(census.total)}, with"
            f" {shown('/' + name)})"
        )
