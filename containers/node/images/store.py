"""The images that sandboxes start from, by their SHA-256. They are copies of the portal's: any may be dropped."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import IO

from containers.node.durable import sync_folder
from containers.node.errors import NodeError
from containers.node.settings import NodeSettings

_CHUNK = 1 << 20


def image_path(settings: NodeSettings, sha256: str) -> Path:
    """Return where an image is kept. ``sha256`` has been checked to be 64 hexadecimal digits."""
    return settings.root / "images" / f"{sha256}.sif"


def has_image(settings: NodeSettings, sha256: str) -> bool:
    """True when the image is here, whole."""
    return image_path(settings, sha256).is_file()


def put_image(settings: NodeSettings, sha256: str, size: int, body: IO[bytes]) -> None:
    """Take an image of ``size`` bytes from a stream; it is there whole or not at all.

    Raises:
        NodeError: too little room (``no_room``), a stream that was cut off or is another file (``bad_image``).
    """
    final = image_path(settings, sha256)
    free = shutil.disk_usage(final.parent).free
    if free < size + (settings.spare_mb << 20):
        raise NodeError("no_room", f"the build node's disk has {free >> 20} MB left; the image takes {size >> 20} MB")
    _forget_cut_off(final.parent)
    fresh = final.with_name(f".{sha256}.{os.getpid()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o444), "wb") as file:  # noqa: PTH123
            found = hashlib.sha256()
            left = size
            while left:
                chunk = body.read(min(left, _CHUNK))
                if not chunk:
                    raise NodeError("bad_image", f"the image was cut off {left} bytes before its end")
                found.update(chunk)
                file.write(chunk)
                left -= len(chunk)
            file.flush()
            os.fsync(file.fileno())
        if found.hexdigest() != sha256:
            raise NodeError("bad_image", "the image that came has another SHA-256 than was said")
        fresh.rename(final)
        sync_folder(final.parent)
    except OSError as cause:
        raise NodeError("no_room", f"the image cannot be kept on the build node: {cause.strerror}") from cause
    finally:
        fresh.unlink(missing_ok=True)


def drop_image(settings: NodeSettings, sha256: str) -> None:
    """Remove an image; one that is not here is removed."""
    image_path(settings, sha256).unlink(missing_ok=True)


def _forget_cut_off(folder: Path) -> None:
    """Remove what a helper was receiving when it was killed: its process is gone."""
    for path in folder.glob(".*"):
        pid = path.name.rpartition(".")[2]
        if not Path(f"/proc/{pid}").exists():
            path.unlink(missing_ok=True)
