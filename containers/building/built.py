"""What a build, a commit and an import give."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class BuiltImage:
    """An image in its place.

    Attributes:
        path: ``<target_dir>/<sha256>.sif``, mode 0444.
        sha256: of the file, 64 hexadecimal digits.
        size: bytes.
        entrypoint: the program, found executable in the image.
        base: the name of the base it was built on; empty where it is not known.
        notes: what its author should know, such as files that were left out.
    """

    path: Path
    sha256: str
    size: int
    entrypoint: PurePosixPath
    base: str = ""
    notes: tuple[str, ...] = ()
