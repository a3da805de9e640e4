"""The build node's helpers that wait for a question of the portal."""

from contextlib import suppress
from pathlib import Path


def waiting_helpers() -> set[int]:
    """Their process ids."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = file.read_bytes().split(b"\0")
            if words[0].endswith(b"python") and words[-2:] == [b"later", b""]:
                found.add(int(file.parent.name))
    return found
