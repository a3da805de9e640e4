"""A form's body is cut as Werkzeug's decoder cuts it, however it comes; and read straight from the connection."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from gunicorn.http.body import Body, LengthReader  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

from web import parts
from web.parts import read_parts
from web.server.body import StraightBody, straight

_Chance = random.Random  # the same each time
BOUNDARY = b"----bound"
LETTERS = (b"\r", b"\n", b"\r\n", b"-", b"--", b"----boun", b"\r\n------boun", b"\n------b", b"x" * 50, b"\0")


def _body(content: bytes) -> bytes:
    begin = b'\r\n------bound\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    field = b'\r\n------bound\r\nContent-Disposition: form-data; name="v"\r\n\r\nvalue'
    return begin + content + field + begin + content + b"\r\n------bound--\r\n"


def _told(events: Iterator[Event]) -> list[tuple[str, bytes]]:
    """What the parts are: headers' end and content, whatever the pieces that it came in."""
    told: list[tuple[str, bytes]] = []
    for event in events:
        if isinstance(event, (File, Field)):
            told.append((event.name, b""))
        elif isinstance(event, Data) and told:
            told[-1] = (told[-1][0], told[-1][1] + event.data)
    return told


def _by_decoder(body: bytes) -> Iterator[Event]:
    decoder = MultipartDecoder(BOUNDARY)
    decoder.receive_data(body)
    decoder.receive_data(None)
    while not isinstance(event := decoder.next_event(), (NeedData, Epilogue)):
        yield event


def _in_pieces(body: bytes, chance: random.Random):  # type: ignore[no-untyped-def]  # noqa: ANN202
    left = memoryview(body)

    def readinto(room: memoryview) -> int:
        nonlocal left
        most = min(len(room), len(left), chance.choice([1, 7, 100, 5000]))
        room[:most] = left[:most]
        left = left[most:]
        return most

    return readinto


@pytest.mark.parametrize("seed", range(300))
def test_the_parts_are_those_of_the_decoder(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    chance = _Chance(seed)
    monkeypatch.setattr(parts, "CHUNK", chance.choice([60, 64, 100, 200, 1000]))
    monkeypatch.setattr(parts, "_LEAST", 1)
    content = b"".join(chance.choices(LETTERS, k=chance.randrange(60)))
    body = _body(content)
    length = chance.choice([None, len(body)])
    assert _told(read_parts(_in_pieces(body, chance), BOUNDARY, length)) == _told(_by_decoder(body))


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 5000, 1024 * 1024, 3 * 1024 * 1024 + 17])
@pytest.mark.parametrize("fill", [b"\0", b"\r", b"\n", b"\r\n", b"-"])
def test_a_file_comes_whole(size: int, fill: bytes) -> None:
    content = (fill * size)[:size]
    body = _body(content)
    told = _told(read_parts(_in_pieces(body, _Chance(size)), BOUNDARY, len(body)))
    assert told == [("f", content), ("v", b"value"), ("f", content)]


@pytest.mark.parametrize("at", [0, 10, 60, 100, 130])
def test_a_body_that_ends_early_is_none(at: int) -> None:
    body = _body(b"x" * 40)[:at]
    with pytest.raises(ValueError, match="parse"):
        list(read_parts(_in_pieces(body, _Chance(at)), BOUNDARY, 500))


@contextmanager
def _from_socket(came_along: bytes, length: int) -> Iterator[tuple[socket.socket, StraightBody]]:
    ours, theirs = socket.socketpair()
    unreader = SocketUnreader(ours)
    unreader.unread(came_along)
    body = straight(Body(LengthReader(unreader, length)))
    assert isinstance(body, StraightBody)
    with ours, theirs:
        yield theirs, body


def test_what_came_with_the_headers_is_first_and_what_follows_is_left() -> None:
    with _from_socket(b"abc", 7) as (theirs, body):
        theirs.sendall(b"defgGET /next")
        room = bytearray(100)
        got = b""
        while came := body.readinto(room):
            got += room[:came]
        assert got == b"abcdefg"
        assert body.reader.unreader.sock.recv(100) == b"GET /next"


def test_a_whole_request_that_came_along_leaves_the_next_one() -> None:
    with _from_socket(b"abcdGET /next", 4) as (_, body):
        room = bytearray(3)
        assert (body.readinto(room), bytes(room)) == (3, b"abc")
        assert body.readinto(room) == 1
        assert body.readinto(room) == 0
        assert body.reader.unreader.take_buffered() == b"GET /next"


def test_lines_and_pieces_can_be_read_in_turn() -> None:
    with _from_socket(b"one\ntwo\nth", 13) as (theirs, body):
        theirs.sendall(b"ree")
        assert body.readline() == b"one\n"
        room = bytearray(4)
        assert (body.readinto(room), bytes(room)) == (4, b"two\n")
        assert body.read(100) == b"three"


def test_a_connection_that_breaks_is_not_used_again() -> None:
    with _from_socket(b"", 5) as (_, body):
        body.reader.unreader.sock.settimeout(0.01)
        with pytest.raises(TimeoutError):
            body.readinto(bytearray(5))
        assert body.failed


def test_a_body_of_unknown_length_is_left_to_gunicorn() -> None:
    body = Body(object())
    assert straight(body) is body
