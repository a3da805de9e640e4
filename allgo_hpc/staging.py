"""An upload on its way to becoming a job's folder: written straight to the shared file system, then renamed in place.

``staging/<uuid>/files/`` takes the files; ``staging/<uuid>/target`` names where they will go, before anything is made
elsewhere. So whatever is killed when, what is left over is found from here (see housekeeping).
"""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from allgo_hpc.durable import sync_folder, write_durably
from allgo_hpc.errors import BadInput, StorageFull, TooLarge
from allgo_hpc.filenames import check_file_name
from allgo_hpc.layout import Layout
from allgo_hpc.settings import Settings

_FULL = {errno.ENOSPC, errno.EDQUOT}


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn a full disk into an answer for the sender."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "the portal's storage is full; nothing was kept. Try later or tell the administrator."
            ) from error
        raise


class Staging:
    """One upload. Use as a context manager: unless it was moved in place, nothing of it stays."""

    def __init__(self, layout: Layout, settings: Settings, uuid: str) -> None:
        """Make the upload's folder."""
        self._settings = settings
        self._layout = layout
        self._names: dict[str, str] = {}
        self._bytes = 0
        self.folder = layout.staging / uuid
        self.files = self.folder / "files"
        self._placed: Path | None = None
        with storage_errors():
            self.folder.mkdir(mode=0o750)
            try:
                self.files.mkdir(mode=0o750)
            except OSError:
                self.folder.rmdir()
                raise

    def __enter__(self) -> "Staging":
        """Begin the upload."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what is still here: everything, or after ``place`` and a stored row only the empty shell."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def new_file(self, name: str, *, field: str) -> Iterator[BinaryIO]:
        """Open a new input file for writing; synced when the block ends.

        Raises:
            BadInput: the name may not be, or was sent twice.
            TooLarge: more files than the limit.
        """
        made = check_file_name(name, field=field)
        if made in self._names:
            raise BadInput(f"{field}: a file named '{made}' was sent already as {self._names[made]}", field=field)
        if len(self._names) >= self._settings.upload_max_files:
            raise TooLarge(f"{field}: more than {self._settings.upload_max_files} files in one job", field=field)
        self._names[made] = field
        with storage_errors(), (self.files / made).open("xb", buffering=0) as raw:
            yield raw
            os.fsync(raw.fileno())

    def count(self, size: int, *, field: str) -> None:
        """Count bytes before they are written.

        Raises:
            TooLarge: the files together have more than the limit.
        """
        self._bytes += size
        if self._bytes > self._settings.upload_max_bytes:
            raise TooLarge(
                f"{field}: the files of this job have more than {self._settings.upload_max_bytes} bytes together",
                field=field,
            )

    def note(self, target: Path) -> None:
        """Write down where the files will go, before anything is made for them outside this folder."""
        with storage_errors():
            write_durably(self.folder / "target", str(target.relative_to(self._layout.root)).encode())

    def place(self, target: Path) -> None:
        """Move the files to the job's folder, durably; ``note`` comes first."""
        with storage_errors():
            sync_folder(self.files)
            target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            self.files.rename(target)
            self._placed = target
            for folder in (target.parent, target.parent.parent, self._layout.datastore):
                sync_folder(folder)

    def take_back(self) -> None:
        """Remove the placed folder again: its row could not be stored."""
        if self._placed is not None:
            shutil.rmtree(self._placed, ignore_errors=True)
