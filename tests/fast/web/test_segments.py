"""Files on a real connection: whole, at once, and not for ever to a client that takes nothing."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from web.server.segments import SegmentedSocket, segmented

LARGE = bytes(range(256)) * 4 * 16384  # more than a connection's buffers hold


@pytest.fixture
def line() -> Iterator[tuple[SegmentedSocket, socket.socket]]:
    """The server's end, as the worker has it, and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        client.settimeout(60)
        server = segmented(listening.accept()[0])
    assert isinstance(server, SegmentedSocket)
    with server, client:
        server.settimeout(60)
        yield server, client


@pytest.fixture
def large(tmp_path: Path) -> Iterator[IO[bytes]]:
    path = tmp_path / "large"
    path.write_bytes(LARGE)
    with path.open("rb") as file:
        yield file


def _cork(sock: socket.socket) -> int:
    return sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CORK)


def _read(client: socket.socket, length: int) -> bytes:
    got = bytearray()
    while len(got) < length and (came := client.recv(1 << 20)):
        got += came
    return bytes(got)


@pytest.mark.parametrize(("start", "count"), [(0, len(LARGE)), (12345, 4_000_001), (0, 7)])
def test_a_part_arrives_and_the_end_of_it_is_not_held_back(
    line: tuple[SegmentedSocket, socket.socket], large: IO[bytes], start: int, count: int
) -> None:
    server, client = line
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(_read(client, count)))
    reader.start()
    assert server.sendfile(large, start, count) == count
    assert _cork(server) == 0
    reader.join()
    assert got == [LARGE[start : start + count]]


def test_only_full_segments_are_sent_meanwhile(
    line: tuple[SegmentedSocket, socket.socket], large: IO[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    plain = socket.socket.sendfile

    def watched(self: socket.socket, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        seen.append(_cork(self))
        return plain(self, file, offset, count)

    monkeypatch.setattr(socket.socket, "sendfile", watched)
    line[0].sendfile(large, 0, 10)
    assert seen == [1]


def test_a_client_that_takes_nothing_is_given_up(line: tuple[SegmentedSocket, socket.socket], large: IO[bytes]) -> None:
    server, _ = line
    server.settimeout(0.05)
    with pytest.raises(TimeoutError):
        server.sendfile(large, 0, len(LARGE))


def test_a_client_that_is_gone_is_an_error_of_the_connection(
    line: tuple[SegmentedSocket, socket.socket], large: IO[bytes]
) -> None:
    server, client = line
    client.close()
    with pytest.raises(OSError, match=r"Broken pipe|reset"):
        server.sendfile(large, 0, len(LARGE))


def test_another_kind_of_connection_gets_files_too(large: IO[bytes]) -> None:
    one, other = socket.socketpair()
    with segmented(one) as server, other:
        assert server.sendfile(large, 0, 100) == 100
        assert _read(other, 100) == LARGE[:100]


def test_a_kept_connection_stays_what_it_is(line: tuple[SegmentedSocket, socket.socket]) -> None:
    assert segmented(line[0]) is line[0]
