"""Reads an image's file system without running anything of it and without mounting it."""

import contextlib
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from containers.errors import ImageError

_TIMEOUT_S = 60.0
_MOST_LINKS = 40  # what Linux follows before ELOOP (path_resolution(7))
# https://github.com/apptainer/sif: a header of 128 bytes, then descriptors of 585 bytes, little-endian, unpadded.
_HEADER = struct.Struct("<32s10s3s3s16s8q")
_DESCRIPTOR = struct.Struct("<i?III7q128sii")
_DESCRIPTOR_BYTES = 585
_PARTITION, _SQUASHFS, _PRIMARY = 0x4004, 1, 2
_MOST_DESCRIPTORS = 1024


@dataclass(frozen=True)
class Entry:
    """One file of an image: the letters of ``ls`` (``-rwxr-xr-x``), and where a link leads."""

    path: PurePosixPath
    mode: str
    target: str = ""

    @property
    def is_file(self) -> bool:
        """A plain file."""
        return self.mode.startswith("-")

    @property
    def is_executable(self) -> bool:
        """Somebody may run it; root then may, too (path_resolution(7))."""
        return any(letter in "xst" for letter in self.mode[1:])


def squashfs_offset(image: Path) -> int:
    """Return where the root file system begins in a SIF file, in bytes; 0 for a plain squashfs.

    Raises:
        ImageError: it is no such file, or it is cut.
    """
    try:
        with image.open("rb") as file:
            head = file.read(_HEADER.size)
            if head.startswith(b"hsqs"):
                return 0
            if len(head) < _HEADER.size or head[32:41] != b"SIF_MAGIC":
                raise ImageError(f"{image.name} is no SIF image")
            *_, total, offset, _size, _data, _length = _HEADER.unpack(head)
            file.seek(offset)
            table = file.read(min(total, _MOST_DESCRIPTORS) * _DESCRIPTOR_BYTES)
    except (OSError, ValueError) as cause:
        raise ImageError(f"{image.name} cannot be read: {cause}") from cause
    for start in range(0, len(table) - _DESCRIPTOR_BYTES + 1, _DESCRIPTOR_BYTES):
        kind, used, _id, _group, _link, begin, *_, filesystem, role = _DESCRIPTOR.unpack_from(table, start)
        if used and (kind, filesystem, role) == (_PARTITION, _SQUASHFS, _PRIMARY):
            return int(begin)
    raise ImageError(f"{image.name} holds no squashfs root file system")


class ImageFiles:
    """Looks at single files of an image.

    Args:
        image: a SIF or squashfs file.
        unsquashfs: the program (squashfs-tools 4.5 or later).

    Raises:
        ImageError: it is no image.
    """

    def __init__(self, image: Path, *, unsquashfs: str = "unsquashfs") -> None:
        self._image = image
        self._command = (unsquashfs, "-no-wildcards", "-offset", str(squashfs_offset(image)))

    def find(self, path: PurePosixPath) -> Entry | None:
        """Return what ``path`` leads to, through links as a container would; None where there is nothing.

        Raises:
            ImageError: links go round, or the file system cannot be read.
        """
        todo = list(path.parts[1:])
        here = PurePosixPath("/")
        entry: Entry | None = Entry(here, "drwxr-xr-x")
        links = 0
        while todo:
            name = todo.pop(0)
            if name in {"..", "."}:
                here = here.parent if name == ".." else here
                continue
            entry = self._look(here / name)
            if entry is None:
                return None
            if not entry.target:
                here = entry.path
                continue
            links += 1
            if links > _MOST_LINKS:
                raise ImageError("links go round in the image")
            target = PurePosixPath(entry.target)
            here = PurePosixPath("/") if target.is_absolute() else here
            todo = [*(part for part in target.parts if part != "/"), *todo]
        return entry if entry is not None and entry.path == here else Entry(here, "drwxr-xr-x")

    def head(self, entry: Entry, size: int) -> bytes:
        """Return the first bytes of a plain file.

        Raises:
            ImageError: it cannot be read.
        """
        argv = [*self._command, "-cat", str(self._image), str(entry.path)[1:]]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(argv, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet) as process:
            try:
                data = process.stdout.read(size) if process.stdout is not None else b""
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
        return data

    def _look(self, path: PurePosixPath) -> Entry | None:
        """List one file, not following it. ``-max-depth`` keeps a folder's content out of the answer."""
        argv = [*self._command, "-max-depth", str(len(path.parts) - 1), "-lls", str(self._image), str(path)[1:]]
        try:
            answer = subprocess.run(
                argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.SubprocessError) as cause:
            raise ImageError(f"{self._image.name} cannot be listed: {cause}") from cause
        if answer.returncode:
            raise ImageError(f"{self._image.name} cannot be listed: {answer.stderr.decode(errors='replace').strip()}")
        return parse_listing(answer.stdout.decode(errors="surrogateescape"), path)


def parse_listing(text: str, path: PurePosixPath) -> Entry | None:
    """Find one path in the answer of ``unsquashfs -lls``: mode, owner, size, date, time, name, and a link's target."""
    wanted = f"squashfs-root{path}"
    for line in text.splitlines():
        words = line.split(None, 5)
        if len(words) < 6:  # noqa: PLR2004  # the columns above
            continue
        mode, name = words[0], words[5]
        if mode.startswith("l") and name.startswith(f"{wanted} -> "):
            return Entry(path, mode, name.removeprefix(f"{wanted} -> "))
        if not mode.startswith("l") and name == wanted:
            return Entry(path, mode)
    return None
