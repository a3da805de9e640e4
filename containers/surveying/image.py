"""Reads an image's file system without running anything of it and without mounting it, by unsquashfs with limits."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from containers.errors import ImageError
from containers.sif.reading import read_header
from containers.surveying.entry import Entry, shown
from containers.surveying.limits import ImageLimits
from containers.surveying.listing import parse_line, parse_named
from containers.surveying.roots import Root

# What unsquashfs may take for one answer. It keeps the directory table in memory: 1 000 000 files were 300 MB.
_MEMORY_BYTES = 4 * 1024**3
_LONGEST_LINE = 16384
# Files of which a list is kept: some 50 MB.
_MOST_REMEMBERED = 100_000


class ImageRoot(Root):
    """Looks into an image.

    Args:
        image: a SIF or squashfs file.
        limits: how long one look may take, and how many files there may be.
        unsquashfs: the program (squashfs-tools 4.6 or later).

    Raises:
        ImageError: it is no image.
    """

    def __init__(self, image: Path, limits: ImageLimits | None = None, *, unsquashfs: str = "unsquashfs") -> None:
        self._image = image
        self._limits = limits or ImageLimits()
        self.header = read_header(image)
        self._index: dict[str, Entry] | None = None
        self._command: tuple[str, ...] = (
            *("prlimit", f"--as={_MEMORY_BYTES}", f"--cpu={max(1, int(self._limits.seconds))}", "--core=0", "--"),
            *(unsquashfs, "-no-wildcards", "-UTC", "-full-precision", "-offset", str(self.header.offset)),
        )

    def look(self, path: PurePosixPath) -> Entry | None:
        """As ``Root.look``. ``-max-depth`` keeps a folder's content out of the answer."""
        if self._index is not None:
            return self._index.get(str(path))
        options = ("-max-depth", str(len(path.parts) - 1), "-lln", str(self._image), str(path)[1:])
        found = None
        for line in self._lines(options):
            entry = parse_line(line)
            if entry is not None and entry.path == path:
                found = entry
        return found

    def head(self, entry: Entry, size: int) -> bytes:
        """As ``Root.head``."""
        with self._started(("-cat", str(self._image), str(entry.path)[1:])) as process:
            return process.stdout.read(size) if process.stdout is not None else b""

    def remember(self) -> None:
        """Walk now and keep the list, if it is not too long: each later question but ``head`` is answered from it.

        One look by unsquashfs reads all of the image's tables; a commit's inspection had 33 of them.

        Raises:
            ImageError: as ``walk``.
        """
        if self._index is not None or self.header.inodes > _MOST_REMEMBERED:
            return
        index: dict[str, Entry] = {}
        for number, (path, entry) in enumerate(self._named()):
            index[path] = entry
            # The header may say less than there is, and a folder may hold a name twice: then each is looked for.
            if number >= _MOST_REMEMBERED or len(index) != number + 1:
                return
        self._index = index

    def walk(self) -> Iterator[Entry]:
        """Yield every file, each folder before its content and in the order of its names' bytes.

        Raises:
            ImageError: it cannot be listed, takes too long, holds too many files, or a name with a line feed.
        """
        if self._index is not None:
            yield from self._index.values()
            return
        for _path, entry in self._named():
            yield entry

    def _named(self) -> Iterator[tuple[str, Entry]]:
        """Yield every file with its path as unsquashfs writes it."""
        for number, line in enumerate(self._lines(("-lln", str(self._image)))):
            if number > self._limits.files:
                raise ImageError(f"the image holds more than {self._limits.files} files")
            named = parse_named(line)
            if named is None:
                raise ImageError(f"the image holds a name with a line feed: {shown(line)}")
            yield named

    def _lines(self, options: tuple[str, ...]) -> Iterator[str]:
        """Yield the lines of an answer; an answer that is cut or an error at its end is raised."""
        with self._started(options) as process:
            if process.stdout is None:  # pragma: no cover
                raise AssertionError("the command was started without its pipe")
            deadline = time.monotonic() + self._limits.seconds
            while line := process.stdout.readline(_LONGEST_LINE):
                if time.monotonic() > deadline:
                    raise ImageError(f"{self._image.name} takes more than {self._limits.seconds:g} s to list")
                yield line.decode(errors="surrogateescape").removesuffix("\n")
            try:
                status = process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired as cause:
                raise ImageError(f"{self._image.name} takes more than {self._limits.seconds:g} s to list") from cause
            if status:
                raise ImageError(
                    f"{self._image.name} cannot be listed: its file system is damaged (unsquashfs {status})"
                )

    @contextlib.contextmanager
    def _started(self, options: tuple[str, ...]) -> Iterator[subprocess.Popen[bytes]]:
        """Run unsquashfs until the answer was read; what goes on after that is killed."""
        quiet = subprocess.DEVNULL
        try:
            process = subprocess.Popen([*self._command, *options], stdin=quiet, stdout=subprocess.PIPE, stderr=quiet)
        except OSError as cause:
            raise ImageError(f"{self._image.name} cannot be listed: {cause}", transient=True) from cause
        with process:
            try:
                yield process
            finally:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
