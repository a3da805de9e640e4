"""Says whether an entrypoint can run at all, before anybody waits for a job to find out. Nothing of it is run."""

import platform
from dataclasses import dataclass
from pathlib import PurePosixPath

from containers.errors import ImageError
from containers.paths import check_path
from containers.surveying.elf import read_elf, runs_on
from containers.surveying.entry import Entry, shown
from containers.surveying.roots import Root

ENTRYPOINT = PurePosixPath("/home/allgo/entrypoint")
_HEAD_BYTES = 65536
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_MOST_INTERPRETERS = 4  # a script's interpreter may be a script (execve(2)); Linux stops after four
_MOST_LINE = 255  # of a first line Linux reads 256 bytes (execve(2)); what is cut runs something else, or nothing


@dataclass(frozen=True)
class Entrypoint:
    """A program that was found able to start.

    Attributes:
        path: after links.
        interpreter: what its first line, or its ELF header, says that runs it; None for a static program.
    """

    path: PurePosixPath
    interpreter: PurePosixPath | None


def check_entrypoint(root: Root, path: PurePosixPath = ENTRYPOINT, *, machine: str | None = None) -> Entrypoint:
    """Find the program, and all that starts it.

    Args:
        root: a tree or an image.
        path: where it is to be.
        machine: what it has to run on, as uname(2) calls it; None for this machine's.

    Raises:
        ImageError: it cannot start; the sentence says why, for its author.
        ValueError: the path is not absolute, or holds a control character.
    """
    check_path("the entrypoint", path)
    what = f"entrypoint {path}"
    entry = _program(root, path, what, "")
    return Entrypoint(entry.path, _interpreter(root, entry, what, _MOST_INTERPRETERS, machine or platform.machine()))


def _program(root: Root, path: PurePosixPath, what: str, role: str) -> Entry:
    """Find an executable file."""
    subject = f"{what}: {role}{shown(str(path))}" if role else what
    try:
        entry = root.find(path)
        direct = root.look(path) if entry is None else None
    except ImageError as cause:
        raise ImageError(f"{subject}: {cause}") from cause
    if entry is None:
        if direct is not None:
            raise ImageError(f"{subject} is a link to {shown(direct.target)}, which does not exist in the image")
        raise ImageError(f"{subject} does not exist in the image")
    if not entry.is_file:
        raise ImageError(f"{subject} is not a file" + (" but a folder" if entry.mode.startswith("d") else ""))
    if not entry.is_executable:
        raise ImageError(f"{subject} is not executable: run chmod +x on it")
    return entry


def _interpreter(root: Root, entry: Entry, what: str, most: int, machine: str) -> PurePosixPath | None:
    """Follow a program to what runs it."""
    head = root.head(entry, _HEAD_BYTES)
    if head.startswith(b"\x7fELF"):
        return _loader(root, head, what, machine)
    words = _first_line(head, what)
    program = _program(root, PurePosixPath(words[0]), what, "interpreter ")
    if program.path.name in {"env", "coreutils", "busybox"} and words[0].endswith("/env"):
        _on_path(root, words, what)
    if most > 1:
        _interpreter(root, program, f"{what}: interpreter {shown(words[0])}", most - 1, machine)
    return PurePosixPath(words[0])


def _first_line(head: bytes, what: str) -> list[str]:
    """Return the words of a script's first line, the interpreter's absolute path first."""
    if not head:
        raise ImageError(f"{what}: is empty")
    if head.startswith(b"\xef\xbb\xbf#!"):
        raise ImageError(f"{what}: begins with a byte order mark; save it as UTF-8 without one")
    if not head.startswith(b"#!"):
        raise ImageError(f"{what}: is neither a program nor a script whose first line begins with #!")
    words = shebang(head)
    if not words:
        raise ImageError(f"{what}: its first line names no interpreter")
    if words[0].endswith("\r") or words[-1].endswith("\r"):
        raise ImageError(f"{what}: has the line ends of Windows (CRLF); save it with those of Unix: sed -i 's/\\r$//'")
    if not words[0].startswith("/"):
        raise ImageError(f"{what}: interpreter {shown(words[0])} must be an absolute path")
    if head.find(b"\n", 0, _MOST_LINE + 1) < 0 and len(head) > _MOST_LINE:
        raise ImageError(f"{what}: its first line has more than {_MOST_LINE} bytes, which Linux does not read")
    return words


def _loader(root: Root, head: bytes, what: str, machine: str) -> PurePosixPath | None:
    """Check an ELF program: the right machine, and a loader that is there."""
    program = read_elf(head)
    if program is None:
        raise ImageError(f"{what}: is a damaged program (its ELF header is cut)")
    if not runs_on(program.machine, machine):
        raise ImageError(f"{what}: was compiled for {program.machine}, the cluster is {machine}")
    if program.loader is not None:
        found = root.find(program.loader) if program.loader.is_absolute() else None
        if found is None or not found.is_file:
            loader = shown(str(program.loader))
            raise ImageError(f"{what}: {loader}, which it was linked for, does not exist in the image")
    return program.loader


def shebang(head: bytes) -> list[str]:
    """Return the words of a script's first line, its carriage return kept: Linux takes it as part of the name."""
    line = head.split(b"\n", 1)[0][2:].decode(errors="surrogateescape")
    return [word for word in line.replace("\t", " ").split(" ") if word]


def _on_path(root: Root, words: list[str], what: str) -> None:
    """Look for the program that env(1) is to find: the first word that is neither an option nor an assignment."""
    plain = (word for word in words[1:] if not word.startswith("-") and "=" not in word and "/" not in word)
    wanted = next(plain, "")
    if wanted and not any(root.find(PurePosixPath(folder) / wanted) for folder in _PATH):
        raise ImageError(f"{what}: interpreter {shown(wanted)} is not on the PATH of the image")
