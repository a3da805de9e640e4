"""Text in pieces: its encoding guessed from its first bytes, what is no character made visible."""

import codecs
import unicodedata
from dataclasses import dataclass

PIECE = 256 * 1024
"""Bytes that are shown at a time."""
_CONTROL_SHARE = 0.02
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_PLAIN = {*b"\t\n\r\f\x1b\b"}


@dataclass(frozen=True)
class Encoding:
    """How bytes become text.

    Attributes:
        codec: Python's name of it.
        words: what people call it.
        mark: how many bytes of a byte order mark stand before the text.
        sure: False where no other fitted.
    """

    codec: str
    words: str
    mark: int = 0
    sure: bool = True


@dataclass(frozen=True)
class Piece:
    """A piece of a text; ``next`` is the byte that the following one begins at, None at the end."""

    text: str
    next: int | None


def guess_encoding(head: bytes, *, whole: bool) -> Encoding | None:
    """Return the encoding of a text by its first bytes; None: it is no text.

    Args:
        head: the first bytes.
        whole: there are no more.
    """
    for mark, codec, words in _MARKS:
        if head.startswith(mark):
            return Encoding(codec, words, len(mark))
    if b"\0" in head:
        return None
    controls = sum((byte < 32 and byte not in _PLAIN) or byte == 127 for byte in head)  # noqa: PLR2004  # ASCII's
    if controls > _CONTROL_SHARE * len(head):
        return None
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return Encoding("latin-1", "Latin-1", sure=False)
    return Encoding("utf-8", "UTF-8")


def read_piece(data: bytes, encoding: Encoding, start: int, size: int) -> Piece:
    """Return the text of some bytes of a file, up to the last whole character.

    Args:
        data: the bytes.
        encoding: of the file.
        start: where they begin in it.
        size: of the whole file.
    """
    skipped = encoding.mark if start < encoding.mark else 0
    at_end = start + len(data) >= size
    decoder = codecs.getincrementaldecoder(encoding.codec)("replace")
    text = decoder.decode(data[skipped:], final=at_end)
    left = len(decoder.getstate()[0]) if not at_end else 0
    return Piece(visible(text), None if at_end else start + len(data) - left)


def visible(text: str) -> str:
    """Return a text in which control characters have signs, and none can turn the direction of what follows."""
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line if line.isprintable() else _signed(line) for line in text.split("\n"))


def shown_name(name: str) -> str:
    """Return a file's name as it can be shown in one line: without characters that hide or turn others."""
    return "".join(" " if each == " " else each if each.isprintable() else "\ufffd" for each in name)


def _signed(line: str) -> str:
    return "".join(each if each == "\t" or each.isprintable() else _sign(each) for each in line)


def _sign(each: str) -> str:
    if each < " ":
        return chr(0x2400 + ord(each))
    if each == "\x7f":
        return "\u2421"
    # Spaces of other widths, soft hyphens and joiners are part of ordinary texts.
    kind = unicodedata.category(each)
    ordinary = kind == "Zs" or each in "\u00ad\u200c\u200d\ufeff"
    return each if ordinary else "\n" if kind in {"Zl", "Zp"} else "\ufffd"
