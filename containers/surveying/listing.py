"""Reads the lines of ``unsquashfs -lln``: mode, uid/gid, size, date, time, name, and a link's target. Pure."""

import re
from pathlib import PurePosixPath

from containers.surveying.entry import Entry

_TOP = "squashfs-root"
_LINE = re.compile(
    r"([-dlbcps][-rwxsStT]{9}) +(\d+/\d+) +(?:(\d+)|\d+, *\d+) (\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?) "
    + _TOP
    + r"(/.*)?",
    re.DOTALL,
)


def parse_line(line: str) -> Entry | None:
    """Return what one line tells; None where it tells nothing, as the second half of a name with a line feed."""
    named = parse_named(line)
    return None if named is None else named[1]


def parse_named(line: str) -> tuple[str, Entry] | None:
    """As ``parse_line``, with the path as it stands in the line, which the entry would have to make anew."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    mode, owner, size, changed, name = found.groups()
    path, target = name or "/", ""
    if mode.startswith("l"):
        # A link's own name may hold the arrow as well; then the first one is taken, and the link is not found.
        path, _, target = path.partition(" -> ")
    return path, Entry(PurePosixPath(path), mode, target, owner, int(size or 0), changed)
