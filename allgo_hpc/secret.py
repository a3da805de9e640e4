"""The portal's own secret: it signs browsers' sessions and the links in mails."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

LEAST_BYTES = 32


def read_secret(file: Path) -> str:
    """Return the secret; where there is none yet, make one. Several processes that begin at once agree on it.

    Raises:
        OSError: it can be neither read nor made.
        ValueError: what is there is too short to be one.
    """
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(secrets.token_hex(LEAST_BYTES))
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):  # a link is made once, whole: who comes second takes the first's
            os.link(fresh, file)
        fresh.unlink()
    secret = file.read_text(encoding="ascii").strip()
    if len(secret) < LEAST_BYTES:
        raise ValueError(f"{file} is too short for a secret: remove it, and a new one is made")
    return secret
