"""One helper at a time works on a sandbox; the kernel lets go of the lock of one that was killed."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from containers.node.errors import NodeError

_LOOK_S = 0.05


@contextlib.contextmanager
def locked(folder: Path, name: str, *, wait_s: float = 60.0) -> Iterator[None]:
    """Hold the lock ``name``.

    Raises:
        NodeError: another has held it for ``wait_s`` seconds; ``busy``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    # Not inherited by what is started meanwhile: a sandbox would hold its own lock for ever.
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait_s
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise NodeError("busy", f"something else is being done with {name!r}: try again later") from None
                time.sleep(_LOOK_S)
        yield
    finally:
        os.close(descriptor)
