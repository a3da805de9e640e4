"""Writes that survive a power cut: a file counts when it and its folder are synced."""

import ctypes
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

_MANY = 64
_LITTLE_KIB = 64 * 1024
"""With so little waiting to be written on the whole machine, one syncfs takes less than the fsync of two files and four
folders, each of which makes the disk empty its cache by itself (ext4, in turn: 0.5 ms against 1.5; in six threads 1.0).
With more, a small submission would wait for somebody else's large upload."""


def sync_folder(folder: Path | str) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, data: bytes) -> None:
    """Write a new file under a name of its own, then rename: readers see the whole or nothing."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_filled(filled: Sequence[Path | str], above: Iterable[Path]) -> None:
    """Make durable the files in folders, their names, and the names in the folders above.

    All of it is written already, and that is what makes it quick: with a journal, the first sync takes the names of all
    along.

    Raises:
        OSError: something could not be written; nothing of it is durable then.
    """
    if len(filled) >= _MANY or _waiting_kib() < _LITTLE_KIB:
        _sync_file_systems(filled)
        return
    files = [entry.path for folder in filled for entry in os.scandir(folder) if _has_content(entry)]
    if len(files) >= _MANY:
        _sync_file_systems(filled)
        return
    for path in files:
        sync_file(Path(path))
    for folder in (*filled, *above):
        sync_folder(folder)


def _has_content(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_size > 0


def _waiting_kib() -> int:
    """How much is written and not on its disk yet, whatever the disk; a large number where that is not told."""
    try:
        with open("/proc/meminfo", "rb") as told:  # noqa: PTH123  # some hundredths of a millisecond, each time
            lines = told.read().split(b"\n")
        return sum(int(line.split()[1]) for line in lines if line.startswith((b"Dirty:", b"Writeback:")))
    except (OSError, ValueError, IndexError):
        return _LITTLE_KIB


def _sync_file_systems(folders: Sequence[Path | str]) -> None:
    """Make all durable that was written to their file systems (syncfs(2), which tells of errors since Linux 5.8)."""
    for folder in {os.stat(each).st_dev: each for each in (folders[0], folders[-1])}.values():  # noqa: PTH116
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if _LIBC.syncfs(descriptor) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number), str(folder))
        finally:
            os.close(descriptor)


_LIBC = ctypes.CDLL(None, use_errno=True)
