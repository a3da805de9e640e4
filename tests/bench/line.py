"""A kept connection that costs next to nothing: what is measured is the portal, not a client's library."""

import json
import socket
import time
from typing import Any, Self
from urllib.parse import urlsplit

from tests.bench.site import Site

BOUNDARY = "bench-of-allgo"
_IDLE_S = 1.0
"""The portal closes a connection that rests for two seconds."""


class Line:
    """One HTTP/1.1 connection; requests are bytes that are made once."""

    def __init__(self, site: Site) -> None:
        """Open it, as the user of the site's token."""
        self._host = urlsplit(site.portal.url).netloc
        self._token = site.portal.token
        self._socket = self._connect()
        self._used_at = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def request(self, method: str, path: str, body: bytes = b"", *, kind: str = "") -> bytes:
        """The bytes of a request."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}", f"Authorization: Token token={self._token}"]
        lines += [f"Content-Length: {len(body)}"] if method != "GET" else []
        lines += [f"Content-Type: {kind}"] if kind else []
        return "\r\n".join([*lines, "", ""]).encode() + body

    def ask(self, request: bytes) -> Any:  # JSON
        """Send a request and wait for the whole answer; returns what its JSON says.

        Raises:
            ValueError: it was refused, or its length is not told.
        """
        if time.monotonic() - self._used_at > _IDLE_S:
            self._socket.close()
            self._socket = self._connect()
        self._socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._read()
        head, _, body = got.partition(b"\r\n\r\n")
        status, *headers = head.split(b"\r\n")
        lengths = [line.split(b":")[1] for line in headers if line.lower().startswith(b"content-length:")]
        if not lengths:
            raise ValueError(f"an answer without its length: {head[:300]!r}")
        while len(body) < int(lengths[0]):
            body += self._read()
        if status.split()[1] != b"200":
            raise ValueError(f"a request was answered {status!r}: {body[:300]!r}")
        return json.loads(body)

    def _connect(self) -> socket.socket:
        host, _, port = self._host.partition(":")
        made = socket.create_connection((host, int(port)), timeout=120)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _read(self) -> bytes:
        data = self._socket.recv(1 << 20)
        if not data:
            raise ValueError("the portal closed the connection")
        self._used_at = time.monotonic()
        return data


def form(fields: dict[str, str], files: dict[str, bytes]) -> bytes:
    """The bytes of a multipart form; its Content-Type is ``KIND``."""
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    parts += [
        f'Content-Disposition: form-data; name="files[{number}]"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        for number, (name, content) in enumerate(files.items())
    ]
    mark = f"--{BOUNDARY}".encode()
    return b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"


KIND = f"multipart/form-data; boundary={BOUNDARY}"
