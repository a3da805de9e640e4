"""Small files that are whole or absent, whatever is killed when."""

import json
import os
import secrets
from pathlib import Path
from typing import Any


def write_whole(path: Path, data: bytes, mode: int = 0o644, *, durable: bool = True) -> None:
    """Write a file and rename it in place, both on the disk when this returns (unless that does not matter)."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        if durable:
            os.fsync(file.fileno())
    fresh.rename(path)
    if durable:
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make renames in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_note(path: Path, values: dict[str, Any], *, durable: bool = True) -> None:
    """Write a small record as JSON."""
    write_whole(path, json.dumps(values, sort_keys=True).encode() + b"\n", durable=durable)


def read_note(path: Path) -> dict[str, Any]:
    """Return a small record; an empty one where there is none or where it is not readable as one."""
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
