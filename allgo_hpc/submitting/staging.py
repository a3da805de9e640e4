"""An upload on its way to becoming a job's folder: written straight to the shared file system, then renamed in place.

``staging/<uuid>/files/`` takes the files; ``staging/<uuid>/target`` names where they will go, a path a line, before
anything is made elsewhere. So whatever is killed when, what is left over is found from here (see housekeeping).
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from allgo_hpc.durable import sync_file, sync_filled, sync_folder
from allgo_hpc.errors import BadInput, TooLarge
from allgo_hpc.layout import Layout
from allgo_hpc.settings import Settings
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.filenames import check_file_name
from allgo_hpc.submitting.input_file import InputFile

_SETTLED: set[Path] = set()
"""Folders of a user and app whose own names this process knows to be durable: they are made once and stay."""


class Staging:
    """One upload. Use as a context manager: unless it was moved in place, nothing of it stays."""

    def __init__(self, layout: Layout, settings: Settings, uuid: str, *, hashing: bool = False) -> None:
        """Make the upload's folder; ``hashing`` takes the SHA-256 of what is written."""
        self._settings = settings
        self._layout = layout
        self._hashing = hashing
        self._names: dict[str, str] = {}
        self._bytes = 0
        self.digests: dict[str, str] = {}
        self.folder = layout.staging / uuid
        self.files = self.folder / "files"
        self._files = str(self.files)
        self._placed: list[Path | str] = []
        self._left = self._adopted = False
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
        if not self._left:
            shutil.rmtree(self.folder, ignore_errors=True)

    @contextmanager
    def new_file(self, name: str, *, field: str) -> Iterator[InputFile]:
        """Open a new input file for writing; ``settle`` makes it durable.

        Raises:
            BadInput: the name may not be, or was sent twice.
            TooLarge: more files than the limit.
        """
        with storage_errors(), closing(self.open_file(name, field=field)) as file:
            yield file
            file.finish()

    def open_file(self, name: str, *, field: str) -> InputFile:
        """Open a new input file as ``new_file`` does, to be finished and closed by the caller.

        Raises:
            BadInput: the name may not be, or was sent twice.
            TooLarge: more files than the limit.
            StorageFull: there is no room for it.
        """
        made = self._enter_name(name, field)
        with storage_errors():
            return InputFile(
                f"{self._files}/{made}", count=partial(self.count, field=field),
                keep=partial(self.digests.__setitem__, made) if self._hashing else None,
            )  # fmt: skip

    def adopt(self, source: Path, name: str, *, field: str) -> None:
        """Move a file of the portal's own here, as a new input file; its content is durable already.

        Raises:
            BadInput: the name may not be, or was sent twice.
            TooLarge: more files than the limit, or more bytes.
        """
        made = self._enter_name(name, field)
        with storage_errors():
            self.count(source.stat().st_size, field=field)
            source.rename(self.files / made)
        self._adopted = True

    def _enter_name(self, name: str, field: str) -> str:
        made = check_file_name(name, field=field)
        if made in self._names:
            raise BadInput(f"{field}: a file named '{made}' was sent already as {self._names[made]}", field=field)
        if len(self._names) >= self._settings.upload_max_files:
            raise TooLarge(f"{field}: more than {self._settings.upload_max_files} files in one job", field=field)
        self._names[made] = field
        return made

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

    @property
    def names(self) -> frozenset[str]:
        """Names of the files that were taken so far."""
        return frozenset(self._names)

    @property
    def total_bytes(self) -> int:
        """Bytes of the files together."""
        return self._bytes

    @property
    def names_in_order(self) -> tuple[str, ...]:
        """The same in the order in which they came."""
        return tuple(self._names)

    def inputs(self) -> list[tuple[str, int, int]]:
        """Return name, bytes and change time (ns) of each file, in the order in which they came."""
        found = ((name, (self.files / name).stat()) for name in self._names)
        return [(name, status.st_size, status.st_ctime_ns) for name, status in found]

    def note(self, targets: Sequence[Path | str], control: Path) -> None:
        """Write down where the files and the control folder will be, before anything is made outside this folder.

        Each is a path below the portal's root.

        What is noted and is no job's folder in the end is removed by the housekeeping. It is synced only where a file
        was adopted, which must be found again: after a power cut it may be gone, which leaves at worst a folder too
        many. Half a path is none (see housekeeping).
        """
        paths = [str(path).removeprefix(f"{self._layout.root}/") for path in (*targets, control)]
        note = self.folder / "target"
        with storage_errors():
            note.write_bytes("\n".join(paths).encode())
            if self._adopted:
                sync_file(note)
                sync_folder(self.folder)

    def place(self, target: Path, *, source: Path | None = None) -> None:
        """Move the files (or another folder of this upload) to a job's folder; ``note`` comes first, ``settle`` after.

        Nothing of it is durable before ``settle``, which must come before the row is stored.
        """
        with storage_errors():
            try:
                (source or self.files).rename(target)
            except FileNotFoundError:  # the first job of this user and app
                target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
                _SETTLED.discard(target.parent)
                (source or self.files).rename(target)
        self._placed.append(target)

    def place_each(self, home: Path, folders: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Move each file, in the order in which they came, to a new folder of its own; ``settle`` comes after.

        Args:
            home: where the folders are made.
            folders: their names, one for each file.

        Yields:
            Name and new path of the file.
        """
        with storage_errors():
            if not home.is_dir():
                home.mkdir(mode=0o750, parents=True, exist_ok=True)
                _SETTLED.discard(home)
            for name, folder in zip(self._names, folders, strict=True):
                target = f"{home}/{folder}"
                os.mkdir(target, 0o750)  # noqa: PTH102  # see batch.py
                self._placed.append(target)
                os.rename(f"{self._files}/{name}", f"{target}/{name}")  # noqa: PTH104
                yield name, f"{target}/{name}"

    def settle(self, *folders: Path) -> None:
        """Make durable what was placed, and further folders with the files in them.

        Raises:
            StorageFull: the disk took less than it had said.
        """
        filled = [*self._placed, *folders]
        parents = {Path(parent) for parent in {os.path.dirname(folder) for folder in filled}}  # noqa: PTH120
        new = {parent for parent in parents - _SETTLED if parent.is_relative_to(self._layout.datastore)}
        above = {parent.parent for parent in new} | ({self._layout.datastore} if new else set())
        with storage_errors():
            sync_filled(filled, parents | above)
        _SETTLED.update(new)

    def leave(self) -> None:
        """Leave all as it is for the housekeeping: whether its row is stored cannot be told now."""
        self._left = True

    def take_back(self) -> None:
        """Remove the placed folders again: their rows could not be stored."""
        for placed in self._placed:
            shutil.rmtree(placed, ignore_errors=True)
