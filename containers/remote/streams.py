"""Bytes over a channel, with a time limit for the whole and a limit of bytes for the answer."""

import itertools
import time
from collections.abc import Iterable, Iterator
from typing import Protocol

from containers.remote.errors import AnswerTooLarge, AnswerUnreadable

LARGEST_ANSWER = 4 * 1024 * 1024
_CHUNK = 65_536


class Channel(Protocol):
    """What of paramiko's channel is used here."""

    def settimeout(self, seconds: float) -> None:
        """Limit the time of what follows."""

    def sendall(self, data: bytes) -> None:
        """Send all bytes."""

    def recv(self, most: int) -> bytes:
        """Return some bytes; none at the end."""

    def shutdown_write(self) -> None:
        """Say that no more bytes follow."""


def in_time(channel: Channel, deadline: float) -> None:
    """Give the channel what is left of the time.

    Raises:
        TimeoutError: nothing is.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)


def send(channel: Channel, line: bytes, body: Iterable[bytes], deadline: float) -> None:
    """Send everything; a helper that has refused before the end does not read on, and its answer says why."""
    try:
        for part in itertools.chain((line,), body):
            in_time(channel, deadline)
            channel.sendall(part)
    except TimeoutError:
        raise
    except OSError:
        return
    channel.shutdown_write()


def first_line(channel: Channel, deadline: float) -> tuple[bytes, bytes]:
    """Return the first line that comes, and what came after it."""
    received = bytearray()
    while b"\n" not in received:
        in_time(channel, deadline)
        more = channel.recv(_CHUNK)
        if not more:
            break
        received += more
        if len(received) > LARGEST_ANSWER and b"\n" not in received[:LARGEST_ANSWER]:
            raise AnswerTooLarge(f"the build node's answer has more than {LARGEST_ANSWER} bytes")
    line, end, rest = bytes(received).partition(b"\n")
    return line + end, rest


def rest_of(channel: Channel, begun: bytes, deadline: float) -> Iterator[bytes]:
    """Give what comes after the first line."""
    if begun:
        yield begun
    while True:
        in_time(channel, deadline)
        more = channel.recv(_CHUNK)
        if not more:
            return
        yield more


def exactly(parts: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Give the parts if they are ``size`` bytes together.

    Raises:
        BuildNodeError: they are more or fewer.
    """
    left = size
    for part in parts:
        left -= len(part)
        if left < 0:
            raise AnswerTooLarge("the build node sent more bytes than it had said")
        yield part
    if left:
        raise AnswerUnreadable(f"the build node's file was cut off {left} bytes before its end")
