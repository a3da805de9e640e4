"""Takes a request's body into an upload: whatever comes stays, also where the connection is cut."""

import fcntl
import sys
import termios
import time

from flask import request
from werkzeug.exceptions import UnsupportedMediaType

from allgo_hpc.errors import TooLarge
from allgo_hpc.uploading.receive import Piece
from web.bodies import CutBody

KIND = "application/offset+octet-stream"
_READ = 64 * 1024
"""What is lost at most of what had come, where a connection falls silent."""
_WRITE = 1024 * 1024
_LONGEST_S = 0.5
"""What comes slowly is written that often, so that it counts."""


def need_kind() -> None:
    """Refuse another content type than that of tus.

    Raises:
        UnsupportedMediaType: it is another.
    """
    if request.mimetype != KIND:
        raise UnsupportedMediaType(f"the Content-Type of a piece is {KIND}")


def check_fits(start: int, size: int | None, most: int) -> None:
    """Refuse a body before it is read that is longer than there may be.

    Raises:
        TooLarge: by what it says of itself.
    """
    end = start + (request.content_length or 0)
    if end > (most if size is None else size):
        what = f"the file has {size} bytes (Upload-Length)" if size is not None else f"the limit is {most} bytes"
        raise TooLarge(f"{what}, and with this body there would be {end}", field="Upload-Length")


def receive(piece: Piece) -> None:
    """Write the body as it comes.

    Raises:
        HTTPException: it was cut off; what came is written.
    """
    held = bytearray()
    since = time.monotonic()
    stream = request.environ["wsgi.input"]  # through Werkzeug's limited one, a cut would take what came with it
    left = request.content_length
    while left is None or left > 0:
        try:
            data = stream.read(_READ if left is None else min(_READ, left))
        except CutBody as cut:
            piece.write(bytes(held) + cut.came)
            raise
        except BaseException:
            piece.write(bytes(held))
            raise
        if not data:
            break
        held += data
        left = left - len(data) if left is not None else None
        if len(held) >= _WRITE or time.monotonic() - since > _LONGEST_S or _would_wait():
            piece.write(bytes(held))
            held.clear()
            since = time.monotonic()
    piece.write(bytes(held))


def _would_wait() -> bool:
    """Whether the next read waits for the network.

    A client that asks elsewhere how far it got is to be told of what is held too.
    """
    connection = request.environ.get("gunicorn.socket")
    if connection is None or connection.fileno() < 0:
        return False
    there = bytearray(4)
    fcntl.ioctl(connection.fileno(), termios.FIONREAD, there)
    return int.from_bytes(there, sys.byteorder) < _READ
