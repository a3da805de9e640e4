"""gunicorn's threaded worker, told what the portal needs of it.

It ends its streams when it is told to stop, and breaks off in time what would be killed; it says in the portal's own
form what is wrong with a request that is no proper HTTP; whoever sends nothing, takes nothing or does not go away holds
a thread for a bounded time, and never the loop that accepts connections.
"""

import gc
import json
import socket
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from web.live.streams import end_all
from web.problem import problem
from web.server.body import straight
from web.server.segments import segmented

_HEAD_S = 20.0
"""The headers of a request must be there within that time."""
_STALLED_S = 120.0
"""A body of which nothing comes, or an answer of which nothing is taken, is given up after that time."""
_LINGER_S, _SILENT_S = 30.0, 2.0
"""What is still sent after the answer is read for so long in all, and until nothing comes for so long.

Closed with something unread, a connection is reset, and the client may never see its answer.
"""
_TO_CLEAN_UP_S = 10.0
"""Requests are broken off that long before a stopping worker would be killed: they then leave nothing."""


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """See the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Note which connections there are: those whose headers are read, until when, and those that are served."""
        super().__init__(*args, **kwargs)
        self._heads: dict[Any, float] = {}
        self._served: set[Any] = set()
        self._break_off_at = float("inf")

    def load_wsgi(self) -> None:
        """Load the application; what is there by then stays, and the collector of garbage need not look at it again."""
        super().load_wsgi()
        gc.collect()
        gc.freeze()

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ANN401
        """Begin to stop: streams end now, other requests are finished."""
        end_all()
        self._break_off_at = time.monotonic() + max(0.0, self.cfg.graceful_timeout - _TO_CLEAN_UP_S)
        super().handle_exit(sig, frame)

    def enqueue_req(self, conn: Any) -> None:  # noqa: ANN401
        """Let a thread serve a connection."""
        conn.sock = segmented(conn.sock)
        super().enqueue_req(conn)

    def handle(self, conn: Any) -> Any:  # noqa: ANN401
        """Read and answer one request, in a thread."""
        self._heads[conn] = time.monotonic() + _HEAD_S
        try:
            kept = super().handle(conn)
        finally:
            self._heads.pop(conn, None)
        if kept is False:
            linger(conn.sock)
        return kept

    def handle_request(self, req: Any, conn: Any) -> Any:  # noqa: ANN401
        """Answer a request whose headers are there."""
        self._heads.pop(conn, None)
        self._served.add(conn)
        try:
            conn.sock.settimeout(_STALLED_S)
            req.body = straight(req.body)
            return super().handle_request(req, conn)
        except TimeoutError:
            self.log.warning("%s took nothing of its answer for %s s", (conn.client or ("",))[0], _STALLED_S)
            return False
        finally:
            self._served.discard(conn)

    def murder_pending(self) -> None:
        """Give up connections whose time is over; the loop does so at least every second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self._heads.items()):
            if now > until and self._heads.pop(conn, None) is not None:
                late = answer(HTTPStatus.REQUEST_TIMEOUT, f"the request's headers did not come within {_HEAD_S:.0f} s")
                with suppress(OSError):
                    conn.sock.send(late, socket.MSG_DONTWAIT)
                _end(conn.sock)
        if now > self._break_off_at:
            for conn in [*self._heads, *self._served]:
                _end(conn.sock)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:  # noqa: ANN401
        """Answer what the parser refused."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, text = refusal(exc, line=self.cfg.limit_request_line, field=self.cfg.limit_request_field_size,
                               fields=self.cfg.limit_request_fields)  # fmt: skip
        self.log.warning("refused a request of %s: %s", (addr or ("",))[0], ascii(str(exc))[:200])
        with suppress(OSError):
            client.settimeout(_SILENT_S)
            client.sendall(answer(status, text))


def linger(sock: socket.socket) -> None:
    """Say that nothing more will be sent, and read what is still coming."""
    until = time.monotonic() + _LINGER_S
    with suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(_SILENT_S)
        while time.monotonic() < until and sock.recv(256 * 1024):
            pass
    _end(sock)


def _end(sock: socket.socket) -> None:
    """End a connection for whoever reads or writes it, also in another thread; its owner closes it."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def refusal(exc: Exception, *, line: int, field: int, fields: int) -> tuple[HTTPStatus, str]:
    """Return the status and the sentence for what gunicorn's parser raised; pure."""
    if isinstance(exc, LimitRequestLine):
        return HTTPStatus.REQUEST_URI_TOO_LONG, f"the address has more than {line} bytes, which is the limit"
    if isinstance(exc, LimitRequestHeaders):
        text = f"the request's headers are too large: the limits are {field} bytes for each and {fields} of them"
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, text
    return HTTPStatus.BAD_REQUEST, f"this is no proper HTTP request: {str(exc)[:200]}"


def answer(status: HTTPStatus, text: str) -> bytes:
    """Return a whole HTTP answer; pure."""
    body = json.dumps(problem(status, text, f"http_{status.value}")).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Access-Control-Allow-Origin: *\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body
