"""The files of control groups: where the trees are, and reading and writing single values."""

import time
from pathlib import Path

from containers.node.errors import NodeError

CONTROLLERS = ("memory", "pids", "freezer", "cpuacct")
_LOOK_S = 0.01


def hierarchies(mounts: str) -> dict[str, Path]:
    """Return where each controller's tree is, from the text of /proc/mounts; under ``unified`` that of version 2."""
    found: dict[str, Path] = {}
    for line in mounts.splitlines():
        words = line.split()
        if len(words) < 4:  # noqa: PLR2004  # device, place, type, options
            continue
        _, place, kind, options = words[:4]
        if kind == "cgroup":
            for option in options.split(","):
                if option in CONTROLLERS:
                    found.setdefault(option, Path(place))
        elif kind == "cgroup2":
            found.setdefault("unified", Path(place))
    return {"unified": found["unified"]} if "memory" not in found and "unified" in found else found


def remove(folder: Path, deadline: float) -> None:
    """Remove an empty group; the kernel takes a moment to let go of its last process."""
    while folder.is_dir() and time.monotonic() < deadline:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_LOOK_S)


def write(path: Path, text: str, *, optional: bool = False) -> None:
    """Set a value.

    Raises:
        NodeError: the kernel does not take it, unless that is ``optional``; ``failed``.
    """
    try:
        path.write_text(text)
    except OSError as cause:
        if not optional:
            raise NodeError("failed", f"the control group's {path.name} cannot be set: {cause.strerror}") from cause


def read(path: Path) -> str:
    """Return a file's text; an empty one where there is none."""
    try:
        return path.read_text()
    except OSError:
        return ""


def number(path: Path) -> int:
    """Return a file's number; 0 where there is none."""
    text = read(path).strip()
    return int(text) if text.isdecimal() else 0
