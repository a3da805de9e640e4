"""What files show of themselves: kinds by content, text in pieces, tables, trees, segments; each bounded."""

import zlib

import pytest

from allgo_hpc.reading.previews.bytes import hexdump
from allgo_hpc.reading.previews.documents import is_passive
from allgo_hpc.reading.previews.kind import ANYTHING, Kind, detect_kind, guess_kind
from allgo_hpc.reading.previews.pairs import likeliest
from allgo_hpc.reading.previews.pixels import MOST_PIXELS, pixels_of
from allgo_hpc.reading.previews.segments import Segment, candidates, read_segments
from allgo_hpc.reading.previews.text import Encoding, guess_encoding, read_piece, shown_name
from allgo_hpc.reading.previews.tree import NotJson, read_tree
from tests import media
from tests.fast.pictures import jpeg, png, webp

UTF8 = Encoding("utf-8", "UTF-8")


@pytest.mark.parametrize(
    ("name", "head", "kind", "media_type"),
    [
        ("a.txt", png(), Kind.IMAGE, "image/png"), ("a", jpeg(), Kind.IMAGE, "image/jpeg"),
        ("a.png", webp(b"VP8 "), Kind.IMAGE, "image/webp"), ("x", b"GIF89a" + bytes(9), Kind.IMAGE, "image/gif"),
        ("x", b"BM" + bytes(12) + b"\x28\0\0\0", Kind.IMAGE, "image/bmp"),
        ("x", media.sound(), Kind.SOUND, "audio/wav"),
        ("x", b"fLaC" + bytes(9), Kind.SOUND, "audio/flac"), ("x", b"OggS" + bytes(9), Kind.SOUND, "audio/ogg"),
        ("x", b"ID3\x04", Kind.SOUND, "audio/mpeg"), ("x", b"\xff\xfb\x90\x64", Kind.SOUND, "audio/mpeg"),
        ("x", media.document(), Kind.PDF, "application/pdf"), ("x.png", b"II*\0" + bytes(9), Kind.OTHER, ANYTHING),
        ("a.png", media.PAGE, Kind.HTML, ANYTHING), ("a.png", media.DRAWING, Kind.SVG, ANYTHING),
        ("a.html", b"just words", Kind.HTML, ANYTHING), ("a.txt", b" \n<!-- x --><ScRiPt>", Kind.HTML, ANYTHING),
        ("a.csv", b"a,b\n1,2\n", Kind.TABLE, ANYTHING), ("a.csv", b"\0\1\2", Kind.OTHER, ANYTHING),
        ("a.json", b"{}", Kind.JSON, ANYTHING), ("a.md", b"# a", Kind.MARKDOWN, ANYTHING),
        ("a", b"words", Kind.TEXT, ANYTHING), ("a.png", b"words", Kind.TEXT, ANYTHING),
        ("a.png", b"", Kind.EMPTY, ANYTHING), ("a", bytes(range(256)), Kind.OTHER, ANYTHING),
    ],
)  # fmt: skip
def test_content_says_what_a_file_is_before_its_name(name: str, head: bytes, kind: Kind, media_type: str) -> None:
    found = detect_kind(name, head, len(head))
    assert (found.kind, found.media_type) == (kind, media_type)


def test_nothing_that_a_browser_runs_is_a_media_type() -> None:
    for head in (media.PAGE, media.DRAWING, b"<?xml version='1.0'?><svg ", b"alert(1)", b"\xef\xbb\xbf<html>"):
        assert detect_kind("a.html", head, 99999).media_type == ANYTHING


def test_a_name_is_believed_in_lists_only() -> None:
    assert guess_kind("A.PNG", 3).kind is Kind.IMAGE
    assert guess_kind("a.png", 0).kind is Kind.EMPTY
    assert guess_kind("noending", 3).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b"plain", "utf-8"), ("é".encode(), "utf-8"), ("é".encode()[:1], "utf-8"), (b"\xef\xbb\xbfx", "utf-8"),
        (b"\xff\xfex\0", "utf-16-le"), (b"\xfe\xff\0x", "utf-16-be"), (b"\xe9t\xe9", "latin-1"),
    ],
)  # fmt: skip
def test_encodings(head: bytes, codec: str) -> None:
    found = guess_encoding(head, whole=False)
    assert found is not None
    assert found.codec == codec
    assert found.sure == (codec != "latin-1")


@pytest.mark.parametrize("head", [b"\0abc", bytes(range(1, 32)) * 3, b"\x89PNG\r\n\x1a\n\0"])
def test_what_is_no_text(head: bytes) -> None:
    assert guess_encoding(head, whole=True) is None


@pytest.mark.parametrize("encoding", [UTF8, Encoding("utf-16-le", "UTF-16", 2), Encoding("latin-1", "Latin-1")])
def test_pieces_of_a_text_make_the_whole(encoding: Encoding) -> None:
    text = "aé" * 50
    mark = b"\xff\xfe" if encoding.mark else b""
    data = mark + text.encode(encoding.codec)
    read, at = "", 0
    while True:
        piece = read_piece(data[at : at + 7], encoding, at, len(data))
        read += piece.text
        if piece.next is None:
            break
        assert piece.next > at
        at = piece.next
    assert read == text


def test_control_characters_are_shown_and_turn_nothing() -> None:
    shown = read_piece("a\x1b[31m\u202eb\r\nc\x7f".encode(), UTF8, 0, 99).text
    assert shown == "a␛[31m\ufffdb\nc␡"
    assert shown_name("\u202egnp.exe\n") == "\ufffdgnp.exe\ufffd"


def test_json_keeps_every_digit_and_is_bounded() -> None:
    tree = read_tree('{"a": [1.10, 123456789012345678901234567890, null, "<b>"], "b": {"c": NaN}}')
    first = tree.inner[0]
    assert [(node.kind, node.text) for node in first.inner] == [
        ("number", "1.10"), ("number", "123456789012345678901234567890"), ("word", "null"), ("text", "<b>"),
    ]  # fmt: skip
    many = read_tree("[" + ",".join(["1"] * 100_000) + "]")
    assert (many.count, many.text) == (100_000, "…")
    assert len(many.inner) <= 2001
    deep = read_tree("[" * 500 + "]" * 500)
    for _ in range(12):
        deep = deep.inner[0]
    assert not deep.inner


@pytest.mark.parametrize("text", ["{", "", "[1,]", "[" * 200_000, '{"a":' * 100_000, "9" * 10_000 + "x"])
def test_what_is_no_json_is_said(text: str) -> None:
    with pytest.raises(NotJson):
        read_tree(text)


@pytest.mark.parametrize(
    "text",
    [
        media.SEGMENTS.decode(), "start,end,label\n0,0.5,silence\n0.5,1.5,music\n1.5,2,speech\n",
        "0 0.5 silence\n0.5 1.5 music\n1.5 2.0 speech\n",
        "label;from;to\nsilence;0;0.5\nmusic;.5;1.5\nspeech;1.5;2e0\n",
    ],
)  # fmt: skip
def test_segments_as_apps_write_them(text: str) -> None:
    assert read_segments(text) == [Segment(0, 0.5, "silence"), Segment(0.5, 1.5, "music"), Segment(1.5, 2, "speech")]


@pytest.mark.parametrize(
    "text",
    ["", "words and more\n", "1\t0\tbackwards\n", "-1\t2\tx\n", "0\tinf\tx\n", "0\t1\tx\nsome\trow\ty\n", '"' * 99],
)
def test_what_are_no_segments(text: str) -> None:
    assert read_segments(text) == []


def test_which_file_has_the_segments_of_a_sound() -> None:
    names = ["other_segments.txt", "talk.csv", "talk.wav", "talk_segments.txt", "segments.csv", "talkative.txt"]
    assert candidates("talk.wav", names) == ["talk_segments.txt", "talk.csv", "segments.csv"]


def test_which_pictures_belong_together() -> None:
    assert likeliest("output.png", ["cells.png"], {"cells.png"}) == "cells.png"
    assert likeliest("b_denoised.png", ["a.png", "b.png", "a_denoised.png"], {"a.png", "b.png"}) == "b.png"
    assert likeliest("output.png", ["a.png", "b.png"], {"a.png", "b.png"}) is None
    assert likeliest("a.png", ["a_denoised.png"], {"a.png"}) == "a_denoised.png"
    assert likeliest("one.png", ["two.png"], set()) is None


def test_a_picture_says_how_large_it_is() -> None:
    assert pixels_of(png(20, 30)) == (20, 30)
    assert pixels_of(b"GIF89a\x10\0\x20\0") == (16, 32)
    width, height = pixels_of(media.bomb()) or (0, 0)
    assert width * height > MOST_PIXELS
    assert pixels_of(b"BM") is None


def test_first_bytes() -> None:
    lines = hexdump(b"A\0\xff" + bytes(range(256))).splitlines()
    assert lines[0].startswith("00000000  41 00 ff 00")
    assert lines[0].endswith("A...............")
    assert len(lines) == 16


def _packed(text: bytes) -> bytes:
    return (
        b"%PDF-1.5\n1 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + zlib.compress(text) + b"\nendstream\n"
    )


@pytest.mark.parametrize(
    ("data", "passive"),
    [
        (media.document(), True), (_packed(b"<< /Type /Page >>"), True), (media.document("app.alert\\(1\\)"), False),
        (media.document().replace(b"/Catalog", b"/Catalog /Open /J#61vaScript"), False),
        (_packed(b"<< /S /JavaScript /JS (x) >>"), False),
        (_packed(b"x").replace(b"/Filter", b"/Encrypt 1 /Filter"), False),
        (_packed(b"x").replace(b"/FlateDecode", b"[/ASCII85Decode /FlateDecode]"), False),
    ],
)  # fmt: skip
def test_a_document_that_acts_is_told_from_one_that_only_shows(data: bytes, passive: bool) -> None:
    assert is_passive(data) is passive
