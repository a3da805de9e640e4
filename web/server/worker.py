"""gunicorn's threaded worker, with two differences.

It ends its streams when it is told to stop, and it says what is wrong with a request that is no proper HTTP in the
portal's own form.
"""

import json
import socket
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from web.live.streams import end_all
from web.problem import problem

_DRAIN_BYTES = 64 * 1024 * 1024
_DRAIN_S = 5.0


class PortalWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """See the module."""

    def handle_exit(self, sig: int, frame: Any) -> None:  # noqa: ANN401
        """Begin to stop: streams end now, other requests are finished."""
        end_all()
        super().handle_exit(sig, frame)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:  # noqa: ANN401
        """Answer what the parser refused."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        status, text = refusal(exc, line=self.cfg.limit_request_line, field=self.cfg.limit_request_field_size,
                               fields=self.cfg.limit_request_fields)  # fmt: skip
        self.log.warning("refused a request of %s: %s", (addr or ("",))[0], exc)
        with suppress(OSError):
            client.settimeout(_DRAIN_S)
            client.sendall(answer(status, text))
            client.shutdown(socket.SHUT_WR)
            # Closed with something unread, the connection would be reset and the client would never see the answer.
            left = _DRAIN_BYTES
            while left > 0 and (read := len(client.recv(65536))):
                left -= read


def refusal(exc: Exception, *, line: int, field: int, fields: int) -> tuple[HTTPStatus, str]:
    """Return the status and the sentence for what gunicorn's parser raised; pure."""
    if isinstance(exc, LimitRequestLine):
        return HTTPStatus.REQUEST_URI_TOO_LONG, f"the address has more than {line} bytes, which is the limit"
    if isinstance(exc, LimitRequestHeaders):
        text = f"the request's headers are too large: the limits are {field} bytes for each and {fields} of them"
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, text
    return HTTPStatus.BAD_REQUEST, f"this is no proper HTTP request: {exc}"


def answer(status: HTTPStatus, text: str) -> bytes:
    """Return a whole HTTP answer; pure."""
    body = json.dumps(problem(status, text, f"http_{status.value}")).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: application/problem+json\r\n"
        f"Access-Control-Allow-Origin: *\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("latin-1") + body
