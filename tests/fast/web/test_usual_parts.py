"""The short way through a part's headers gives what the decoder gives, byte by byte and in any pieces."""

import random
import string

import pytest
from werkzeug.sansio.multipart import Event, Field, File, MultipartDecoder, NeedData

from web.usual_parts import UsualDecoder

_Chance = random.Random  # the same each time
BOUNDARY = b"bound"
_PRINTABLE = string.printable[:95]
_NAMES = (
    "a.txt",
    "a b.txt",
    "naïve.txt",
    'q"uote',
    "back\\slash",
    "per%22cent",
    "%",
    "a;b=c",
    " lead",
    "trail ",
    "",
    "x*",
)
_KINDS = (None, "text/plain", "text/plain; charset=utf-8", "x", "", " ", 'a"b', "é")


def _events(decoder: MultipartDecoder, pieces: list[bytes]) -> list[object]:
    """What the parts are, with all that was read of their headers."""
    told: list[object] = []
    for piece in (*pieces, None):
        decoder.receive_data(piece)
        while not isinstance(event := decoder.next_event(), NeedData):
            told.append(_told(event))
            if type(event).__name__ == "Epilogue":
                return told
    return told


def _told(event: Event) -> object:
    if isinstance(event, (File, Field)):
        return (type(event).__name__, event.name, getattr(event, "filename", None), list(event.headers))
    return event


def _part(name: str, filename: str, kind: str | None, content: bytes) -> bytes:
    header = f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
    header += "" if kind is None else f"Content-Type: {kind}\r\n"
    return header.encode() + b"\r\n" + content


def _body(parts: list[bytes]) -> bytes:
    return b"".join(b"--bound\r\n" + part + b"\r\n" for part in parts) + b"--bound--\r\n"


def _same(body: bytes, pieces: list[bytes]) -> list[object]:
    usual = _events(UsualDecoder(BOUNDARY), pieces)
    assert usual == _events(MultipartDecoder(BOUNDARY), pieces)
    assert body == b"".join(pieces)
    return usual


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("name", _NAMES)
def test_names_and_kinds(name: str, kind: str | None) -> None:
    body = _body([_part("files[0]", name, kind, b"one"), _part(name or "n", "b", kind, b"two\r\n")])
    told = _same(body, [body])
    assert len(told) == 1 + 2 * 2 + 1


@pytest.mark.parametrize("seed", range(200))
def test_any_names_in_any_pieces(seed: int) -> None:
    chance = _Chance(seed)

    def text(most: int) -> str:
        return "".join(chance.choices(_PRINTABLE, k=chance.randrange(1, most)))

    parts = [_part(text(300), text(300), text(150), text(50).encode()) for _ in range(3)]
    body = _body(parts)
    cuts = sorted(chance.randrange(len(body)) for _ in range(chance.randrange(6)))
    _same(body, [body[start:end] for start, end in zip([0, *cuts], [*cuts, len(body)], strict=True)])


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Disposition: form-data; name="f"; filename="a"\nContent-Type: x\n\nrest',
        b'Content-Disposition: form-data; name="f"; filename="a"\r\n b\r\n\r\nfolded',
        b'Content-Disposition: form-data; name="f"; filename="a"\r\nX: y\r\n\r\nmore headers',
        b'Content-Disposition: form-data; name="f"; filename="a"; filename="b"\r\n\r\ntwice',
        b'Content-Disposition: form-data; name="f"; filename="a"; filename*=UTF-8\'\'%c3%a9\r\n\r\nextended',
        b'content-disposition: form-data; name="f"; filename="a"\r\n\r\nlower case',
        b'Content-Disposition: form-data; filename="a"; name="f"\r\n\r\nother order',
    ],
)
def test_what_is_not_usual_goes_the_decoders_way(header: bytes) -> None:
    body = _body([header])
    assert len(_same(body, [body])) > 1


def test_a_long_header_that_comes_in_two_pieces_and_a_short_one_after_it() -> None:
    field = b'Content-Disposition: form-data; name="f"\r\n\r\nvalue'
    body = _body([_part("files[0]", "n" * 250, "text/plain", b"one"), field, field])
    told = _same(body, [body[:250], body[250:]])
    assert [event[1] for event in told if isinstance(event, tuple)] == ["files[0]", "f", "f"]
