"""Looks at an image that came from elsewhere, before the portal believes anything of it."""

import contextlib
import platform
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from containers.building.image_file import digest
from containers.errors import ImageError
from containers.surveying.compare import Comparison, compare_files, compare_packages
from containers.surveying.entry import Entry
from containers.surveying.image import ImageRoot
from containers.surveying.limits import ImageLimits, amount
from containers.surveying.packages import PackageList, read_packages
from containers.surveying.program import ENTRYPOINT, check_entrypoint


@dataclass(frozen=True)
class Inspection:
    """What was found.

    Attributes:
        entrypoint: the program, after links.
        interpreter: what its first line, or its ELF header, says that runs it; None for a static program.
        size: of the image, in bytes.
        sha256: of the image, 64 hexadecimal digits.
        files: files, folders and links in it.
        packages: what its package managers list.
        signed: it carries a signature; whose is not looked at.
    """

    entrypoint: PurePosixPath
    interpreter: PurePosixPath | None
    size: int
    sha256: str
    files: int
    packages: PackageList
    signed: bool


def inspect_image(
    path: Path,
    entrypoint: PurePosixPath = ENTRYPOINT,
    *,
    limits: ImageLimits | None = None,
    sha256: str | None = None,
    machine: str | None = None,
) -> Inspection:
    """Check that the file is an image that this cluster can run. Nothing of it is run, nothing is mounted.

    Args:
        path: the image.
        entrypoint: the program that it must hold, executable and with an interpreter.
        limits: how large it may be.
        sha256: what its digest must be, where somebody said so.
        machine: what it must run on, as uname(2) calls it; None for this machine's.

    Raises:
        ImageError: with a sentence for the author.
        ValueError: the entrypoint is not an absolute path without control characters.
    """
    limits, machine = limits or ImageLimits(), machine or platform.machine()
    try:
        size = path.stat().st_size
    except OSError as cause:
        raise ImageError(f"{path.name} cannot be read: {cause.strerror}") from cause
    if size > limits.image_bytes:
        raise ImageError(f"the image has {amount(size)}, the limit is {amount(limits.image_bytes)}")
    root = ImageRoot(path, limits)
    if root.header.machine not in {machine, ""}:
        raise ImageError(f"the image is for {root.header.machine}, the cluster is {machine}")
    if root.header.inodes > limits.files:
        raise ImageError(f"the image holds {root.header.inodes} files, the limit is {limits.files}")
    # Hashing and reading go on side by side: neither waits for the other's.
    with ThreadPoolExecutor(1) as beside:
        hashed = beside.submit(_digest, path)
        with contextlib.suppress(ImageError):  # what is damaged is told after the digest, which explains it
            root.remember()
        found = hashed.result()
    if sha256 is not None and found != sha256:
        raise ImageError(f"the image is not the one that was announced: its SHA-256 is {found}, not {sha256}")
    program = check_entrypoint(root, entrypoint, machine=machine)
    count = Counter(root.walk(), limits)
    packages = read_packages(root, count)
    return Inspection(program.path, program.interpreter, size, found, count.files, packages, root.header.signed)


def list_image(path: Path, limits: ImageLimits | None = None) -> Iterator[Entry]:
    """Yield every file of an image, as it is read.

    Raises:
        ImageError: it cannot be listed within the limits.
    """
    return ImageRoot(path, limits).walk()


def open_contents(path: Path, limits: ImageLimits | None = None) -> ImageRoot:
    """Return an image to look into: ``find``, ``head``, ``text``, ``walk``.

    Raises:
        ImageError: it is no image.
    """
    return ImageRoot(path, limits)


def compare(old: Path, new: Path, limits: ImageLimits | None = None) -> Comparison:
    """Say what is different between two images; neither is unpacked, and their lists are not kept.

    Raises:
        ImageError: one of them cannot be read within the limits.
    """
    before, after = ImageRoot(old, limits), ImageRoot(new, limits)
    packages = [read_packages(root, root.walk()).packages for root in (before, after)]
    return Comparison(compare_packages(*packages), compare_files(before.walk(), after.walk()))


class Counter:
    """Passes a walk on, counts it, and refuses one that is larger than the limit.

    Raises:
        ImageError: while walking: the files together have more bytes than the limit.
    """

    def __init__(self, walk: Iterator[Entry], limits: ImageLimits) -> None:
        self._walk, self._limits = walk, limits
        self.files = self.bytes = 0

    def __iter__(self) -> Iterator[Entry]:
        for entry in self._walk:
            self.files += 1
            self.bytes += entry.size if entry.is_file else 0
            if self.bytes > self._limits.tree_bytes:
                raise ImageError(f"the files of the image have more than {amount(self._limits.tree_bytes)} together")
            yield entry


def _digest(path: Path) -> str:
    try:
        return digest(path)
    except OSError as cause:
        raise ImageError(f"{path.name} cannot be read: {cause}", transient=True) from cause
