"""A request's body comes whole or not at all: cut off, malformed or never sent is refused, never taken for its end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.exceptions import BadRequest, RequestTimeout

type WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]

_CUT_OFF = "the request ended before its body did; nothing of it was kept"


class CutBody(BadRequest):
    """The connection ended before the body did."""

    came = b""
    """What was read of it last: nothing may be made of it but by whoever keeps pieces."""


def with_whole_bodies(app: WsgiApp) -> WsgiApp:
    """Return the application, which reads its requests' bodies through ``_Body``.

    A server hands over a shorter body where the connection ended early; of a form, that would be another form.
    """

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        length = str(environ.get("CONTENT_LENGTH") or "")
        environ["wsgi.input"] = _Body(environ["wsgi.input"], int(length) if length.isdigit() else None)
        return app(environ, start_response)

    return wrapped


class _Body:
    def __init__(self, stream: Any, length: int | None) -> None:  # noqa: ANN401
        self._stream = stream
        self._left = length

    def read(self, size: int | None = -1) -> bytes:
        return self._take(size, self._stream.read)

    def readline(self, size: int | None = -1) -> bytes:
        return self._take(size, self._stream.readline, whole=False)

    def readinto(self, room: bytearray | memoryview) -> int:
        """Read what there is into a buffer, waiting for the first byte of it; returns how many bytes, 0 at the end."""
        take = getattr(self._stream, "readinto", None)
        if take is None:  # a body of unknown length: gunicorn cuts its chunks itself
            data = self.read(len(room))
            room[: len(data)] = data
            return len(data)
        with _told():
            got: int = take(room)
        if self._left is not None:
            self._left -= got
            if not got and len(room) and self._left > 0:
                raise CutBody(_CUT_OFF)
        return got

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line

    def _take(self, size: int | None, take: Callable[[int], bytes], *, whole: bool = True) -> bytes:
        """Read; servers give less than was asked for at the end only, of a line perhaps earlier."""
        wanted = -1 if size is None else size
        with _told():
            data = take(wanted)
        if self._left is not None:
            self._left -= len(data)
            ended = not data if not whole else not 0 <= wanted <= len(data)
            if ended and wanted != 0 and self._left > 0:
                cut = CutBody(_CUT_OFF)
                cut.came = data
                raise cut
        return data


@contextmanager
def _told() -> Iterator[None]:
    """Turn what a server raises when it reads a body into an answer."""
    try:
        yield
    except TimeoutError as error:
        raise RequestTimeout("nothing came of the body for too long; nothing of it was kept") from error
    except Exception as error:  # the server's own, for chunks that are none and the like
        raise BadRequest(f"{_CUT_OFF} ({str(error)[:100] or type(error).__name__})") from error
