"""Says whether an image's entrypoint can run at all, before anybody waits for a job to find out."""

import struct
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from containers.errors import ImageError
from containers.paths import check_path
from containers.sif import Entry, ImageFiles

ENTRYPOINT = PurePosixPath("/home/allgo/entrypoint")
_HEAD_BYTES = 65536
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PT_INTERP = 3
_MOST_INTERPRETERS = 4  # a script's interpreter may be a script (execve(2)); Linux stops after four


@dataclass(frozen=True)
class Inspection:
    """What was found.

    Attributes:
        entrypoint: the program, after links.
        interpreter: what its first line, or its ELF header, says that runs it; None for a static program.
        size: of the image, in bytes.
    """

    entrypoint: PurePosixPath
    interpreter: PurePosixPath | None
    size: int


def inspect_image(path: Path, entrypoint: PurePosixPath = ENTRYPOINT) -> Inspection:
    """Check that the image holds its entrypoint, executable and with an interpreter. Nothing of the image is run.

    Raises:
        ImageError: with a sentence for the author.
        ValueError: the entrypoint is not an absolute path without control characters.
    """
    check_path("the entrypoint", entrypoint)
    files = ImageFiles(path)
    what = f"entrypoint {entrypoint}"
    entry = _program(files, entrypoint, what, "")
    interpreter = _interpreter(files, entry, what, _MOST_INTERPRETERS)
    return Inspection(entry.path, interpreter, path.stat().st_size)


def _program(files: ImageFiles, path: PurePosixPath, what: str, role: str) -> Entry:
    """Find an executable file."""
    subject = f"{what}: {role}{path}" if role else what
    try:
        entry = files.find(path)
    except ImageError as cause:
        raise ImageError(f"{subject}: {cause}") from cause
    if entry is None:
        raise ImageError(f"{subject} does not exist in the image")
    if not entry.is_file:
        raise ImageError(f"{subject} is not a file")
    if not entry.is_executable:
        raise ImageError(f"{subject} is not executable: run chmod +x on it")
    return entry


def _interpreter(files: ImageFiles, entry: Entry, what: str, most: int) -> PurePosixPath | None:
    """Follow a program to what runs it."""
    head = files.head(entry, _HEAD_BYTES)
    if head.startswith(b"\x7fELF"):
        loader = elf_interpreter(head)
        if loader is not None and files.find(loader) is None:
            raise ImageError(f"{what}: {loader}, which it was linked for, does not exist in the image")
        return loader
    if not head.startswith(b"#!"):
        raise ImageError(f"{what}: is neither a program nor a script whose first line begins with #!")
    words = shebang(head)
    if not words:
        raise ImageError(f"{what}: its first line names no interpreter")
    if words[0].endswith("\r") or words[-1].endswith("\r"):
        raise ImageError(f"{what}: has the line ends of Windows; save it with those of Unix")
    if not words[0].startswith("/"):
        raise ImageError(f"{what}: interpreter {words[0]} must be an absolute path")
    program = _program(files, PurePosixPath(words[0]), what, "interpreter ")
    if program.path.name in {"env", "coreutils"} and words[0].endswith("/env"):
        wanted = _env_program(words)
        if wanted and not any(files.find(PurePosixPath(folder) / wanted) for folder in _PATH):
            raise ImageError(f"{what}: interpreter {wanted} is not on the PATH of the image")
    elif most > 1:
        _interpreter(files, program, f"{what}: interpreter {words[0]}", most - 1)
    return PurePosixPath(words[0])


def shebang(head: bytes) -> list[str]:
    """Return the words of a script's first line, its carriage return kept: Linux takes it as part of the name."""
    line = head.split(b"\n", 1)[0][2:].decode(errors="surrogateescape")
    return [word for word in line.replace("\t", " ").split(" ") if word]


def _env_program(words: list[str]) -> str:
    """The program that env(1) is to find: the first word that is neither an option nor an assignment."""
    return next((word for word in words[1:] if not word.startswith("-") and "=" not in word and "/" not in word), "")


def elf_interpreter(head: bytes) -> PurePosixPath | None:
    """Return the dynamic loader that an ELF program names (elf(5), PT_INTERP); None for a static or unreadable one."""
    try:
        order = {1: "<", 2: ">"}[head[5]]
        if head[4] == 2:  # noqa: PLR2004  # 64 bits
            (table,) = struct.unpack_from(order + "Q", head, 32)
            size, count = struct.unpack_from(order + "HH", head, 54)
            where = (8, 32, "Q")
        else:
            (table,) = struct.unpack_from(order + "I", head, 28)
            size, count = struct.unpack_from(order + "HH", head, 42)
            where = (4, 16, "I")
        for start in range(table, table + size * count, size or 1):
            if struct.unpack_from(order + "I", head, start)[0] == _PT_INTERP:
                (begin,) = struct.unpack_from(order + where[2], head, start + where[0])
                (length,) = struct.unpack_from(order + where[2], head, start + where[1])
                return PurePosixPath(head[begin : begin + length].rstrip(b"\0").decode(errors="surrogateescape"))
    except (struct.error, KeyError, IndexError):
        return None
    return None
