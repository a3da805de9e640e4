"""Where an upload lies: ``staging/<key>/`` with ``data``, whose length says how much is here, and some beside it.

``lock`` is held for moments only and names whoever may write; ``unverified`` says from which byte on the data is not
yet checked against its checksum; ``taken`` names the submission that moved the data away.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from allgo_hpc.durable import sync_folder, write_durably
from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.layout import Layout
from allgo_hpc.storage import storage_errors

_PATIENCE_S = 30.0
_TOKEN_BYTES = 32


class Place:
    """The folder of one upload."""

    def __init__(self, layout: Layout, key: str) -> None:
        """Take the upload's key, a UUID that this portal made."""
        self.folder = layout.staging / key
        self.data = self.folder / "data"
        self._lock = self.folder / "lock"
        self._unverified = self.folder / "unverified"
        self._taken = self.folder / "taken"

    def make(self) -> None:
        """Make the folder with an empty file, durably.

        Raises:
            StorageFull: there is no room for it.
            StorageAway: the storage takes nothing.
        """
        with storage_errors():
            self.folder.mkdir(mode=0o750)
            for path in (self.data, self._lock):
                path.touch(mode=0o640)
            sync_folder(self.folder)
            sync_folder(self.folder.parent)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def locked(self, *, patience_s: float = _PATIENCE_S) -> Iterator[int]:
        """Hold the lock for a moment; gives the descriptor of the lock's file.

        Raises:
            NotFound: the upload was removed.
            Conflict: somebody else holds it all the time.
        """
        with storage_errors():
            try:
                descriptor = os.open(self._lock, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError as error:
                if self.folder.parent.is_dir():
                    raise gone() from error
                raise
        try:
            _take_lock(descriptor, patience_s)
            yield descriptor
        finally:
            os.close(descriptor)

    def offset(self) -> int:
        """Return how many bytes are here for good; 0 where the data was moved away."""
        with storage_errors():
            try:
                size = self.data.stat().st_size
            except FileNotFoundError:
                if not self.folder.parent.is_dir():
                    raise
                return 0
        start = self.unverified_from()
        return size if start is None else min(size, start)

    def touched_s(self) -> float:
        """Return when the data was last written (seconds since 1970); 0 where it is not here."""
        try:
            return self.data.stat().st_mtime
        except OSError:
            return 0.0

    def unverified_from(self) -> int | None:
        """Return from which byte on the data is not checked yet; None: all of it counts."""
        try:
            text = self._unverified.read_text()
        except FileNotFoundError:
            return None
        return int(text) if text.isdigit() else 0

    def set_unverified(self, start: int | None) -> None:
        """Note from where on the data does not count yet, before the first byte of it is written; None: all counts."""
        with storage_errors():
            if start is not None:
                write_durably(self._unverified, str(start).encode())
                return
            with suppress(FileNotFoundError):
                self._unverified.unlink()
                sync_folder(self.folder)

    def taken_by(self) -> str | None:
        """Return the folder's name of the submission that took the data away."""
        return self._taken_line(0)

    def taken_name(self) -> str:
        """Return the name that the data has there."""
        return self._taken_line(1) or ""

    def set_taken(self, submission: str, name: str) -> None:
        """Note who takes the data away, and to what name, before it is moved."""
        with storage_errors():
            write_durably(self._taken, f"{submission}\n{name}".encode())

    def set_back(self) -> None:
        """Note that the data is here again."""
        with suppress(FileNotFoundError):
            self._taken.unlink()

    def _taken_line(self, number: int) -> str | None:
        try:
            lines = self._taken.read_text().split("\n", 1)
        except FileNotFoundError:
            return None
        return lines[number] if number < len(lines) else None


def read_token(lock: int) -> bytes:
    """Return who may write, by the lock's descriptor."""
    return os.pread(lock, _TOKEN_BYTES, 0)


def write_token(lock: int, token: bytes) -> None:
    """Say who may write from now on."""
    with storage_errors():
        os.pwrite(lock, token, 0)


def gone() -> NotFound:
    """Return what is said of an upload that is not there."""
    return NotFound(
        "there is no such upload of yours: it was removed, or its time was over", field="upload", code="unknown_upload"
    )


def _take_lock(descriptor: int, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise Conflict("another request is at work on this upload: try again", code="conflict") from error
            time.sleep(0.01)
        else:
            return
