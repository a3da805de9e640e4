"""A folder for one commit, in the folder that the image goes to: gone at its end, and gone at the next after a kill."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

_ENDING = ".committing"


@contextlib.contextmanager
def commit_place(out: Path) -> Iterator[Path]:
    """Make a fresh folder in ``out``, locked while it is used, and remove it at the end.

    Raises:
        OSError: it cannot be made.
    """
    remove_forgotten(out)
    place = out / f".{secrets.token_hex(8)}{_ENDING}"
    place.mkdir(mode=0o700)
    lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        os.close(lock)


def remove_forgotten(out: Path) -> int:
    """Remove the folders of commits that were killed, which nobody holds a lock on; say how many."""
    removed = 0
    for place in out.glob(f".*{_ENDING}"):
        with contextlib.suppress(OSError):
            lock = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(place, ignore_errors=True)
                removed += 1
            finally:
                os.close(lock)
    return removed
