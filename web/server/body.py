"""A request's body that is read straight from the connection into the reader's own buffer.

gunicorn's body copies what comes several times on its way: from the socket into a text, into a buffer, out of it again
in two parts. Of a gibibyte that is most of what receiving it costs.
"""

import io
from typing import Any

from gunicorn.http.body import Body, LengthReader  # type: ignore[import-untyped]


class StraightBody(Body):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's body of a known length, which can also be read into a buffer."""

    buf: io.BytesIO

    def readinto(self, room: bytearray | memoryview) -> int:
        """Read what there is, waiting for the first byte of it; returns how many bytes, 0 at the end.

        Raises:
            OSError: the connection broke, or nothing came for too long.
        """
        reader, view = self.reader, memoryview(room)
        held = self._held(len(view))
        if held:
            view[: len(held)] = held
            return len(held)
        most = min(len(view), reader.length)
        if not most:
            return 0
        try:
            came: int = reader.unreader.sock.recv_into(view[:most])
        except Exception:
            self.failed = True
            raise
        reader.length -= came
        return came

    def _held(self, most: int) -> bytes:
        """Return what came along with the headers, or with an earlier reading by lines."""
        held: bytes = self.buf.getvalue()
        if held:
            self.buf = io.BytesIO()
            self.buf.write(held[most:])
            return held[:most]
        ahead: bytes = self.reader.unreader.take_buffered()
        mine = min(most, self.reader.length, len(ahead))
        if mine < len(ahead):
            self.reader.unreader.unread(ahead[mine:])
        self.reader.length -= mine
        return ahead[:mine]


def straight(body: Any) -> Any:  # noqa: ANN401
    """Return a body that can be read into a buffer, where its length is known; else the same."""
    if type(body) is Body and type(body.reader) is LengthReader and hasattr(body.reader.unreader, "sock"):
        return StraightBody(body.reader)
    return body
