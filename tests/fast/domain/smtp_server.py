"""A mail server on loopback, of a page: takes mails, refuses, hangs or drops, as a test asks."""

import base64
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HELLO, MAIL, RCPT, DATA, END = "hello", "mail", "rcpt", "data", "end"


@dataclass
class Post:
    """What the server does and what it has seen.

    Attributes:
        refuse: its answer by step, instead of its usual one.
        drop: the step at which it closes the connection without a word.
        hang: the step at which it says nothing more.
        login: user and password that it wants; empty: anybody's mails are taken.
        secure: for STARTTLS; None: it has none.
    """

    port: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    drop: str = ""
    hang: str = ""
    login: tuple[str, str] | None = None
    secure: ssl.SSLContext | None = None
    taken: list[tuple[str, list[str], str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def post_office(post: Post | None = None, *, at_once: ssl.SSLContext | None = None) -> Iterator[Post]:
    """Serve until the end; ``at_once`` speaks TLS from the first byte."""
    made = post or Post()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that goes away is what some tests are about."""

        def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]  # noqa: ARG002
            connection = at_once.wrap_socket(request, server_side=True) if at_once else request
            _Talk(made, connection, secure=at_once is not None).run()
            connection.close()

    with Server(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        made.port = int(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield made
        made.ended.set()
        server.shutdown()
        thread.join()


class _GoneError(Exception):
    pass


class _Talk:
    def __init__(self, post: Post, connection: socket.socket, *, secure: bool) -> None:
        self._post = post
        self._socket = connection
        self._file = connection.makefile("rb")
        self._secure = secure
        self._known = post.login is None

    def run(self) -> None:
        try:
            self._say(HELLO, "220 post")
            sender, recipients = "", list[str]()
            while line := self._file.readline():
                word, _, rest = line.decode("utf-8").strip().partition(" ")
                match word.upper():
                    case "EHLO" | "HELO":
                        offers = ["SMTPUTF8", "8BITMIME", "AUTH PLAIN"] + ["STARTTLS"] * (self._post.secure is not None)
                        self._send("".join(f"250-{each}\r\n" for each in ["post", *offers]) + "250 HELP")
                    case "STARTTLS":
                        self._send("220 go on")
                        assert self._post.secure is not None
                        self._file.close()
                        self._socket = self._post.secure.wrap_socket(self._socket, server_side=True)
                        self._file, self._secure = self._socket.makefile("rb"), True
                    case "AUTH":
                        told = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
                        self._known = tuple(told) == self._post.login
                        self._send("235 welcome" if self._known else "535 5.7.8 wrong")
                    case "MAIL":
                        sender = rest
                        self._say(MAIL, "250 ok" if self._known else "530 5.7.0 who are you")
                    case "RCPT":
                        recipients.append(rest.partition(":<")[2].partition(">")[0])
                        self._say(RCPT, "250 ok")
                    case "DATA":
                        self._say(DATA, "354 go on")
                        self._take(sender, recipients)
                    case "QUIT":
                        self._send("221 bye")
                        return
                    case _:
                        self._send("250 ok")
        except (_GoneError, OSError):
            return
        finally:
            self._file.close()
            self._socket.close()

    def _take(self, sender: str, recipients: list[str]) -> None:
        lines = []
        while (line := self._file.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        if END not in self._post.refuse:
            self._post.encrypted.append(self._secure)
            self._post.taken.append((sender, recipients, b"".join(lines).decode("utf-8")))
        self._say(END, "250 taken")

    def _say(self, step: str, usual: str) -> None:
        if self._post.drop == step:
            self._socket.shutdown(socket.SHUT_RDWR)
            raise _GoneError
        if self._post.hang == step:
            self._post.ended.wait(30)
            raise _GoneError
        self._send(self._post.refuse.get(step, usual))

    def _send(self, text: str) -> None:
        self._socket.sendall(f"{text}\r\n".encode())
