"""Finds an upload's file again that a submission moved away and that became no job's."""

import fcntl
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from allgo_hpc.durable import sync_folder
from allgo_hpc.layout import Layout
from allgo_hpc.uploading.place import Place

ALIVE = "alive"
"""File of a submission that it holds a lock on while it is at work."""
_log = logging.getLogger(__name__)


def is_at_work(layout: Layout, submission: str) -> bool:
    """Return True while the process of a submission holds its lock."""
    try:
        descriptor = os.open(layout.staging / submission / ALIVE, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def bring_back(layout: Layout, place: Place) -> None:
    """Move an upload's file back to where it was; the caller knows that no job has it and nobody is at work on it.

    Raises:
        NotFound: the upload was removed.
    """
    with place.locked():
        submission = place.taken_by()
        if submission is None:
            return
        if not place.data.exists():
            found = next((path for path in _candidates(layout, submission, place) if path.is_file()), None)
            if found is None:
                _log.error("upload %s: its file is not where submission %s took it", place.folder.name, submission)
                return
            found.rename(place.data)
            sync_folder(place.folder)
        place.set_back()


def _candidates(layout: Layout, submission: str, place: Place) -> Iterator[Path]:
    """Return where the file may be: among the submission's files, in a task's folder, in a job's."""
    name = place.taken_name()
    folder = layout.staging / submission
    yield folder / "files" / name
    yield from (task / name for task in folder.glob("*") if task.name.isdigit())
    note = folder / "target"
    for line in note.read_text().splitlines() if note.exists() else ():
        target = (layout.root / line).resolve()
        if target.is_relative_to(layout.datastore.resolve()):
            yield target / name
