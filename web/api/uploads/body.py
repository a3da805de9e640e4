"""Takes a request's body into an upload: whatever comes stays, also where the connection is cut."""

import select
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
_QUIET_MS = 20


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
    room = memoryview(bytearray(_WRITE))
    held = 0
    since = time.monotonic()
    stream = request.environ["wsgi.input"]  # through Werkzeug's limited one, a cut would take what came with it
    left = request.content_length
    while left is None or left > 0:
        most = _READ if left is None else left  # of unknown length, a server waits until it has all that was asked for
        try:
            got = stream.readinto(room[held : held + most])
        except BaseException as error:
            piece.write(room[:held])
            if isinstance(error, CutBody):
                piece.write(error.came)
            raise
        if not got:
            break
        held += got
        left = left - got if left is not None else None
        if held == len(room) or time.monotonic() - since > _LONGEST_S or _is_quiet():
            piece.write(room[:held])
            held = 0
            since = time.monotonic()
    piece.write(room[:held])


def _is_quiet() -> bool:
    """Whether nothing comes for a moment.

    A client that asks elsewhere how far it got is to be told of what is held too. One that sends as fast as it can is
    quiet for less: each write of a few kilobytes would cost as much as one of a mebibyte.
    """
    connection = request.environ.get("gunicorn.socket")
    if connection is None or connection.fileno() < 0:
        return False
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return not poll.poll(_QUIET_MS)
