"""Many connections to the portal at once, each as slow as can be."""

import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from tests.cluster.lines import MULTIPART, Line, form, head
from tests.cluster.portal import Portal


@contextmanager
def lines_to(portal: Portal, number: int) -> Iterator[list[Line]]:
    """Open so many connections."""
    with ExitStack() as stack:
        yield [stack.enter_context(Line(portal)) for _ in range(number)]


@contextmanager
def slow_uploads(portal: Portal, number: int) -> Iterator[list[Line]]:
    """Let so many uploads send a byte a second each; at the end they are cut off."""
    body = form(b"x" * 10_000)
    start = body.index(b"xxx")
    ended = threading.Event()

    def send(lines: list[Line]) -> None:
        at = start
        while not ended.wait(1.0):
            for line in lines:
                line.send(body[at : at + 1])
            at += 1

    with lines_to(portal, number) as lines:
        for line in lines:
            line.send(head(portal, MULTIPART, f"Content-Length: {len(body)}") + body[:start])
        sender = threading.Thread(target=send, args=(lines,))
        sender.start()
        try:
            yield lines
        finally:
            ended.set()
            sender.join(timeout=10)


@contextmanager
def streams(portal: Portal, number: int) -> Iterator[list[Line]]:
    """Open so many streams of all of the user's jobs; each has begun."""
    with lines_to(portal, number) as lines:
        for line in lines:
            line.send(head(portal, call="GET /api/v1/events"))
        for line in lines:
            got = b"\n"
            while got and b"retry:" not in got:
                got = line.socket.recv(65536)
        yield lines


def still_open(lines: list[Line]) -> list[Line]:
    """Return those that have not ended; whatever has come of them is read."""
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
        readable = [key.data for key, _ in selector.select(0)]
    ended = []
    for line in readable:
        try:
            if not line.socket.recv(1 << 20):
                ended.append(line)
        except ConnectionResetError:
            ended.append(line)
    return [line for line in lines if line not in ended]


def slowest_get(portal: Portal, number: int, times: int) -> float:
    """Ask for a job so many times, each on a connection of its own; return the longest time."""
    longest = 0.0
    for _ in range(times):
        began = time.monotonic()
        answer = requests.get(f"{portal.url}/api/v1/jobs/{number}", headers=portal.auth, timeout=30)
        assert answer.status_code == 200
        longest = max(longest, time.monotonic() - began)
    return longest


def processor_seconds() -> float:
    """Return what all processes of the web server have used so far."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if "web.wsgi:app" in (path.parent / "cmdline").read_text():
                ticks += sum(map(int, path.read_text().rpartition(")")[2].split()[11:13]))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return ticks / 100


def memory_peak() -> int:
    """Return the largest amount of memory, in bytes, that one process of the web server ever had."""
    peaks = [0]
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            if "web.wsgi:app" in (path.parent / "cmdline").read_text():
                peaks += [int(line.split()[1]) * 1024 for line in path.read_text().splitlines() if "VmHWM" in line]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return max(peaks)
