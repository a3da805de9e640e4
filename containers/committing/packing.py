"""The command that packs a tree to a squashfs, and what it prints. Pure."""

from collections.abc import Sequence
from pathlib import Path

from containers.building.build_command import PACKING
from containers.paths import check_path, check_plain_path
from containers.surveying.left_out import patterns

# Actions of mksquashfs (4.5 or later).
_SPECIAL = "exclude@type(b)||type(c)||type(p)||type(s)"
_PRIVILEGED = "chmod(u-s,g-s)@type(f)"
SIGXFSZ_STATUS = -25


def pack_argv(
    tree: Path,
    image: Path,
    *,
    offset: int,
    most_bytes: int,
    folders: Sequence[str],
    added: Sequence[tuple[str, Path, int]],
    mksquashfs: str = "mksquashfs",
) -> tuple[str, ...]:
    """Return the command.

    * ``-exit-on-error``: without it, a file that cannot be read becomes an empty one, and the exit status is 0.
    * Devices, pipes, sockets, set-uid and set-gid bits are left out by actions, which look at each file when it is
      packed: what a survey saw before may have changed.
    * ``-no-xattrs``: file capabilities and access lists mean nothing to an unprivileged container, and squashfs keeps
      only some kinds.
    * Sparse files stay sparse, hard links stay one file, names stay the bytes that they are.
    * ``setpriv --pdeathsig``: it dies with the process that started it, however that died.

    Args:
        tree: the folder that becomes ``/``.
        image: the file to write; the file system begins at ``offset``.
        offset: bytes.
        most_bytes: the largest size that the file may get; the kernel ends the command there (SIGXFSZ).
        folders: folders to add, without their first ``/``; they must not be there (it would be an error).
        added: files to add: path in the image without its first ``/``, where the text lies, mode.
        mksquashfs: the program.

    Raises:
        ValueError: a path is relative, climbs or holds what a command could misread.
    """
    pseudo = [word for folder in folders for word in ("-p", f"{folder} d 755 0 0")]
    for name, source, mode in added:
        pseudo += ["-p", f"{name} f {mode:o} 0 0 cat {check_plain_path('the file', source)}"]
    return (
        *("setpriv", "--pdeathsig", "KILL", "--", "prlimit", f"--fsize={most_bytes}", "--core=0", "--"),
        *(mksquashfs, check_path("the tree", tree), check_plain_path("the image", image)),
        *("-noappend", "-offset", str(offset), *PACKING.split()),
        *("-exit-on-error", "-no-xattrs", "-percentage", "-no-recovery"),
        *("-action", _SPECIAL, "-action", _PRIVILEGED),
        *(*pseudo, "-wildcards", "-e", *patterns()),
    )


def percent(line: str) -> int | None:
    """Return how far the command is, from one line of its output."""
    text = line.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 and int(text) <= 100 else None  # noqa: PLR2004  # per cent


def explain(status: int, tail: str, most: str) -> tuple[str, bool]:
    """Return why packing failed, as a sentence, and whether the same may succeed later.

    Args:
        status: exit status, -n after signal n.
        tail: the last lines.
        most: the limit of the image's size, for people.
    """
    if status in {SIGXFSZ_STATUS, 128 - SIGXFSZ_STATUS}:
        return f"the image would have more than {most}: remove what the app does not need", False
    if "No space left on device" in tail or "Disk quota exceeded" in tail:
        return "there is no room left on the disk where images are made", True
    for line in tail.splitlines():
        for beginning in ("Failed to read file", "Could not open", "Failed to open", "Cannot stat"):
            if beginning in line:
                name = line.partition(beginning)[2].split(", ")[0].strip()
                return f"/{name} cannot be read, or was changed while it was packed", True
    if status in {-9, 137}:
        return "packing was killed: too little memory, or somebody ended it", True
    return f"packing failed (mksquashfs ended with {status}): see the log", False
