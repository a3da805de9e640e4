"""How a finished image takes its place: hashed, on the disk, read-only, then renamed. Nobody ever sees half of one."""

import hashlib
import os
import secrets
from pathlib import Path

_PIECE = 1 << 22


def fresh_name(folder: Path) -> Path:
    """Return a path in ``folder`` that does not exist, hidden, for an image that is not finished."""
    return folder / f".{secrets.token_hex(8)}.building"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits.

    In larger pieces than ``hashlib.file_digest`` takes: beside a thread that computes each waits for Python's lock.
    """
    hashed, room = hashlib.sha256(), memoryview(bytearray(_PIECE))
    with path.open("rb", buffering=0) as file:
        while read := file.readinto(room):
            hashed.update(room[:read])
    return hashed.hexdigest()


def put_in_place(fresh: Path, final: Path, *, durable: bool = True) -> None:
    """Make ``fresh`` durable (unless nobody needs that) and read-only, and rename it to ``final`` in the same folder.

    Raises:
        OSError: the disk is full or the folder is not to be written; ``final`` is as it was.
    """
    fresh.chmod(0o444)
    if durable:
        _sync(fresh)
    fresh.rename(final)
    if durable:
        _sync(final.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
