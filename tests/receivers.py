"""Servers on 127.0.0.1 that take webhooks as well or as badly as servers do."""

import contextlib
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

LARGE = 10 * 1024 * 1024


@dataclass(frozen=True)
class Received:
    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """What came, and the words that are answered: by one behaviour, or one for each request in turn."""

    behaviours: list["Behaviour"]
    port: int = 0
    got: list[Received] = field(default_factory=list)
    sent_bytes: int = 0
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def wait_for(self, count: int, *, within_s: float = 20.0) -> list[Received]:
        with self.arrived:
            came = self.arrived.wait_for(lambda: len(self.got) >= count, within_s)
        assert came, f"{len(self.got)} of {count} messages came within {within_s} s"
        return list(self.got)

    def next_behaviour(self) -> "Behaviour":
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


type Behaviour = Callable[[socket.socket, Receiver], None]


def answer(status: int, *headers: str, body: bytes = b"") -> Behaviour:
    lines = [f"HTTP/1.1 {status} Some", f"Content-Length: {len(body)}", *headers]

    def behave(connection: socket.socket, receiver: Receiver) -> None:
        connection.sendall("".join(f"{line}\r\n" for line in lines).encode() + b"\r\n" + body)

    return behave


def hang(connection: socket.socket, receiver: Receiver) -> None:
    receiver.ended.wait(20)


def say(text: bytes) -> Behaviour:
    def behave(connection: socket.socket, receiver: Receiver) -> None:
        connection.sendall(text)

    return behave


def drip(first: bytes, then: bytes = b"x") -> Behaviour:
    """A byte now and then: more often than any timeout of a socket, for longer than anybody wants to wait."""

    def behave(connection: socket.socket, receiver: Receiver) -> None:
        connection.sendall(first)
        for _ in range(400):  # 20 seconds, so that a test that does not end them fails instead of hanging
            if receiver.ended.wait(0.05):
                break
            connection.sendall(then)

    return behave


def flood(first: bytes, block: bytes) -> Behaviour:
    """Ten megabytes after the first bytes."""

    def behave(connection: socket.socket, receiver: Receiver) -> None:
        connection.sendall(first)
        for _ in range(LARGE // len(block)):
            connection.sendall(block)
            receiver.sent_bytes += len(block)

    return behave


@contextlib.contextmanager
def receiver(*behaviours: Behaviour, tls: ssl.SSLContext | None = None, unread: bool = False) -> Iterator[Receiver]:
    """Serve; ``unread``: behave before anything was read, and before TLS."""
    made = Receiver(list(behaviours))

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            made.connections += 1
            behaviour = made.next_behaviour() if unread else None
            with contextlib.suppress(OSError):
                if behaviour is not None:
                    behaviour(self.request, made)
                    return
                with contextlib.ExitStack() as opened:
                    connection = self.request
                    if tls is not None:
                        connection = opened.enter_context(tls.wrap_socket(connection, server_side=True))
                    got = _read(connection)
                    with made.arrived:
                        made.got.append(got)
                        made.arrived.notify_all()
                    made.next_behaviour()(connection, made)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = False
        request_queue_size = 50

    with Server(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield made
        finally:
            made.ended.set()
            server.shutdown()
            thread.join()


def until(what: str, condition: Callable[[], Any], *, within_s: float = 20.0) -> Any:
    ends = time.monotonic() + within_s
    while not (value := condition()):
        assert time.monotonic() < ends, f"{what}: not within {within_s} s"
        threading.Event().wait(0.01)
    return value


def _read(connection: socket.socket) -> Received:
    with connection.makefile("rb") as file:
        line = file.readline().decode().strip()
        headers: dict[str, str] = {}
        while (header := file.readline().decode().strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        return Received(line, headers, file.read(int(headers.get("content-length", "0"))))
