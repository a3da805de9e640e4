"""The trash: a folder goes there by one rename, and is removed an hour later by one process for very many."""

import logging
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

from allgo_hpc.layout import Layout
from containers import remove_argv

_log = logging.getLogger(__name__)
_KEPT = timedelta(hours=1)
_REMOVE_S = 600.0
_AT_ONCE = 500
"""Folders that one process removes: it takes their names as arguments."""
_SIDE_BY_SIDE = 2
"""One waits for the disk while the other works."""


def move_to_trash(layout: Layout, folder: Path) -> bool:
    """Move a job or control folder to the trash; true when it is in its place no more."""
    name = f"{folder.name}.control" if folder.parent == layout.control else folder.name
    try:
        folder.rename(layout.trash / name)
    except FileNotFoundError:
        # Gone before, unless it is the whole storage that is not there now.
        return layout.trash.is_dir()
    except OSError as error:
        _log.warning("%s stays for now: %s", folder.name, error)
        return False
    return True


def empty_trash(layout: Layout, now: datetime) -> int:
    """Remove what has been in the trash for an hour; returns how many folders."""
    before = (now - _KEPT).timestamp()
    due: list[tuple[int, Path]] = []
    with os.scandir(layout.trash) as entries:
        for entry in entries:
            try:
                # A rename sets the folder's change time: that is when it was thrown away, or last read for an archive.
                if entry.stat(follow_symlinks=False).st_ctime < before:
                    due.append((entry.inode(), layout.trash / entry.name))
            except OSError as error:
                _log.warning("%s stays in the trash for now: %s", entry.name, error)
    # As they lie on the disk, which is half the work of any other order.
    ordered = [path for _, path in sorted(due)]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as removing:
        parts = (ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE))
        left = sum(len(stay) for stay in removing.map(_left_of, parts))
    return len(ordered) - left


def _left_of(folders: Sequence[Path]) -> list[Path]:
    """Remove folders; returns those that stay for now."""
    left: list[Path] = []
    words = _remove(("rm", "-rf", "--one-file-system", "--", *map(str, folders)))
    for folder in folders if words else ():
        if not os.path.lexists(folder):
            continue
        # An app can give folders to other users of its container; outside these are sub-ids of the service user.
        _remove(remove_argv(folder))
        if os.path.lexists(folder):
            _log.warning("%s stays in the trash for now: %s", folder.name, words)
            left.append(folder)
    return left


def _remove(argv: Sequence[str]) -> str:
    """Run a command that removes; returns what it says went wrong."""
    try:
        ended = subprocess.run(argv, capture_output=True, timeout=_REMOVE_S, check=False)
    except subprocess.TimeoutExpired:
        return f"not removed within {_REMOVE_S:.0f} s"
    told = ended.stderr.decode(errors="replace").strip()
    return (told.splitlines() or [f"exit status {ended.returncode}"])[-1] if ended.returncode else ""
