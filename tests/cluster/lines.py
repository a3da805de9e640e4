"""Connections to the portal byte by byte: for what no HTTP library would send, stop in the middle of, or wait for."""

import json
import socket
import sqlite3
import struct
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.portal import ROOT, Portal, until

EDGE = b"edge"
MULTIPART = "Content-Type: multipart/form-data; boundary=edge"
_NO_PROCESS = "0"  # the inode, in /proc/net/tcp, of a socket that no process has any more


@dataclass
class Answer:
    status: int
    head: str
    body: bytes

    def problem(self) -> dict[str, Any]:
        """What is wrong, in the portal's one form."""
        assert "application/problem+json" in self.head, self
        told: dict[str, Any] = json.loads(self.body)
        assert told["status"] == self.status
        assert told["error"]
        return told


class Line:
    """One connection."""

    def __init__(self, portal: Portal, *, within_s: float = 30.0) -> None:
        host, port = portal.url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=within_s)
        # Both ports: the machine's other connections may have the same number at one end.
        self.ends = f":{int(port):04X}", f":{self.socket.getsockname()[1]:04X}"

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> None:
        """End it as a machine does whose cable was pulled and put back."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def answers(self, *, ends: bool = True) -> list[Answer]:
        """All answers until the portal closes (``ends``), or else the first."""
        got = b""
        while ends or not (b"\r\n\r\n" in got and _first(got)):
            data = self.socket.recv(65536)
            if not data:
                break
            got += data
        found = []
        while got:
            answer = _first(got)
            assert answer is not None, got
            found.append(answer)
            got = got[len(answer.head) + 4 + len(answer.body) :]
        return found

    def is_over(self) -> bool:
        """Whether the portal's end of it is closed."""
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return not any(
            row[1].endswith(self.ends[0]) and row[2].endswith(self.ends[1]) and row[9] != _NO_PROCESS for row in rows
        )


def _first(got: bytes) -> Answer | None:
    head, end, rest = got.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    sizes = [line.split(":")[1] for line in lines if line.lower().startswith("content-length:")]
    size = int(sizes[0]) if sizes else 0
    if not end or len(rest) < size:
        return None
    return Answer(int(lines[0].split()[1]), head.decode("latin-1"), rest[:size])


def ask(portal: Portal, data: bytes) -> Answer:
    """Send this, and return the one answer that comes before the connection is closed."""
    with Line(portal) as line:
        line.send(data)
        (answer,) = line.answers()
        return answer


def head(portal: Portal, *lines: str, call: str = "POST /api/v1/jobs", token: str | None = None) -> bytes:
    """A request's first line and headers; the token is the user's by default."""
    told = [f"{call} HTTP/1.1", "Host: portal", f"Authorization: Token token={token or portal.token}", *lines]
    return "\r\n".join([*told, "", ""]).encode("latin-1")


def form(content: bytes, *, name: str = "a.bin", param: str = "nothing") -> bytes:
    """The body of a job's POST."""
    part = b'--edge\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    fields = part % (b"job[webapp_name]", b"probe") + part % (b"job[param]", param.encode())
    start = b'--edge\r\nContent-Disposition: form-data; name="files[0]"; filename="%s"\r\n\r\n' % name.encode()
    return fields + start + content + b"\r\n--edge--\r\n"


def kept() -> tuple[int, ...]:
    """How many folders and rows there are of jobs and uploads."""
    parts = (("staging", "*"), ("datastore", "*/*/*"), ("control", "*"))
    with closing(sqlite3.connect("/var/lib/allgo-hpc/allgo-hpc.db")) as database:
        rows = database.execute("SELECT count(*) FROM job").fetchone()[0]
    return (*(len(list((ROOT / part).glob(depth))) for part, depth in parts), rows)


def staged() -> int:
    """How many uploads are on their way."""
    return len(list((ROOT / "staging").iterdir()))


def all_over(lines: list[Line], *, within_s: float = 30.0) -> None:
    """Wait until the portal has done with these connections."""
    until("the portal has closed them", lambda: all(line.is_over() for line in lines), within_s=within_s)
