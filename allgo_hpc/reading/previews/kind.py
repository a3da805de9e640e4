"""What a file is: by its first bytes, then by the ending of its name. Nothing is decoded."""

import re
from dataclasses import dataclass
from enum import StrEnum

from allgo_hpc.reading.previews.text import guess_encoding

HEAD = 4096
"""First bytes that are looked at."""
ANYTHING = "application/octet-stream"


class Kind(StrEnum):
    """How a file is shown."""

    EMPTY = "empty"
    IMAGE = "image"
    SOUND = "sound"
    PDF = "pdf"
    SVG = "svg"
    HTML = "html"
    JSON = "json"
    TABLE = "table"
    MARKDOWN = "markdown"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True)
class Detected:
    """What a file is.

    Attributes:
        kind: how it is shown.
        media_type: of a fixed list; a browser that is told it runs nothing of the file's.
        format: what it is called, such as ``PNG``; empty: nobody knows.
    """

    kind: Kind
    media_type: str = ANYTHING
    format: str = ""


_MAGIC: tuple[tuple[int, bytes, Detected], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", Detected(Kind.IMAGE, "image/png", "PNG")),
    (0, b"\xff\xd8\xff", Detected(Kind.IMAGE, "image/jpeg", "JPEG")),
    (0, b"GIF87a", Detected(Kind.IMAGE, "image/gif", "GIF")),
    (0, b"GIF89a", Detected(Kind.IMAGE, "image/gif", "GIF")),
    (8, b"WEBP", Detected(Kind.IMAGE, "image/webp", "WebP")),
    (8, b"WAVE", Detected(Kind.SOUND, "audio/wav", "WAV")),
    (0, b"fLaC", Detected(Kind.SOUND, "audio/flac", "FLAC")),
    (0, b"OggS", Detected(Kind.SOUND, "audio/ogg", "Ogg")),
    (0, b"ID3", Detected(Kind.SOUND, "audio/mpeg", "MP3")),
    (0, b"%PDF-", Detected(Kind.PDF, "application/pdf", "PDF")),
    (0, b"II*\0", Detected(Kind.OTHER, format="TIFF")),
    (0, b"MM\0*", Detected(Kind.OTHER, format="TIFF")),
    (0, b"II+\0", Detected(Kind.OTHER, format="BigTIFF")),
    (0, b"MM\0+", Detected(Kind.OTHER, format="BigTIFF")),
    (0, b"PK\x03\x04", Detected(Kind.OTHER, format="ZIP")),
    (0, b"\x1f\x8b", Detected(Kind.OTHER, format="gzip")),
    (0, b"\x28\xb5\x2f\xfd", Detected(Kind.OTHER, format="Zstandard")),
    (0, b"\xfd7zXZ\0", Detected(Kind.OTHER, format="XZ")),
    (0, b"\x89HDF\r\n\x1a\n", Detected(Kind.OTHER, format="HDF5")),
    (0, b"\x93NUMPY", Detected(Kind.OTHER, format="NumPy")),
    (0, b"CDF", Detected(Kind.OTHER, format="NetCDF")),
    (0, b"SQLite format 3\0", Detected(Kind.OTHER, format="SQLite")),
    (0, b"\x7fELF", Detected(Kind.OTHER, format="ELF")),
    (4, b"ftyp", Detected(Kind.OTHER, format="MP4")),
    (0, b"\x1aE\xdf\xa3", Detected(Kind.OTHER, format="Matroska")),
    (344, b"n+1\0", Detected(Kind.OTHER, format="NIfTI")),
    (128, b"DICM", Detected(Kind.OTHER, format="DICOM")),
)
_RIFF = {b"WEBP", b"WAVE"}
_BITMAP_HEADS = {12, 40, 52, 56, 64, 108, 124}
_TEXTS = {
    "csv": (Kind.TABLE, "CSV"), "tsv": (Kind.TABLE, "TSV"), "tab": (Kind.TABLE, "TSV"), "json": (Kind.JSON, "JSON"),
    "geojson": (Kind.JSON, "JSON"), "ipynb": (Kind.JSON, "JSON"), "md": (Kind.MARKDOWN, "Markdown"),
    "markdown": (Kind.MARKDOWN, "Markdown"), "html": (Kind.HTML, "HTML"), "htm": (Kind.HTML, "HTML"),
    "xhtml": (Kind.HTML, "HTML"), "svg": (Kind.SVG, "SVG"), "txt": (Kind.TEXT, ""), "log": (Kind.TEXT, ""),
    "xml": (Kind.TEXT, "XML"), "yaml": (Kind.TEXT, "YAML"), "yml": (Kind.TEXT, "YAML"), "toml": (Kind.TEXT, "TOML"),
}  # fmt: skip
_OTHERS = {
    "png": (Kind.IMAGE, "PNG"), "jpg": (Kind.IMAGE, "JPEG"), "jpeg": (Kind.IMAGE, "JPEG"), "gif": (Kind.IMAGE, "GIF"),
    "webp": (Kind.IMAGE, "WebP"), "bmp": (Kind.IMAGE, "BMP"), "wav": (Kind.SOUND, "WAV"), "mp3": (Kind.SOUND, "MP3"),
    "ogg": (Kind.SOUND, "Ogg"), "oga": (Kind.SOUND, "Ogg"), "flac": (Kind.SOUND, "FLAC"), "pdf": (Kind.PDF, "PDF"),
    "tif": (Kind.OTHER, "TIFF"), "tiff": (Kind.OTHER, "TIFF"), "zip": (Kind.OTHER, "ZIP"),
}  # fmt: skip
IMAGE_ENDINGS = tuple(f".{ending}" for ending, (kind, _) in _OTHERS.items() if kind is Kind.IMAGE)
# What browsers take for a page, wherever it begins (WHATWG MIME Sniffing, 7.1), in so far as it is text.
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|iframe)\b", re.IGNORECASE | re.DOTALL
)
_SVG = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*|<!doctype\s+svg[^>]*>\s*)*<svg[\s>]", re.IGNORECASE | re.DOTALL
)


def guess_kind(name: str, size: int) -> Detected:
    """Return what a file seems to be by its name alone: for lists, which open no file."""
    if not size:
        return Detected(Kind.EMPTY)
    kind, called = (_TEXTS | _OTHERS).get(_ending(name), (Kind.OTHER, ""))
    return Detected(kind, format=called)


def detect_kind(name: str, head: bytes, size: int) -> Detected:
    """Return what a file is.

    Args:
        name: of the file.
        head: its first ``HEAD`` bytes.
        size: of the whole.
    """
    if not size:
        return Detected(Kind.EMPTY)
    return _by_magic(head) or _by_text(name, head, size) or Detected(Kind.OTHER)


def _by_magic(head: bytes) -> Detected | None:
    for at, magic, found in _MAGIC:
        if head[at : at + len(magic)] == magic and (magic not in _RIFF or head[:4] == b"RIFF"):
            return found
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BITMAP_HEADS:
        return Detected(Kind.IMAGE, "image/bmp", "BMP")
    if _is_mpeg_frame(head):
        return Detected(Kind.SOUND, "audio/mpeg", "MP3")
    return None


def _is_mpeg_frame(head: bytes) -> bool:
    """A frame's head of MPEG audio layer III, with a bit rate and a sampling rate that exist."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:  # noqa: PLR2004  # the synchronising bits, and layer
        return False
    return head[1] & 0x18 != 0x08 and head[2] >> 4 not in {0, 15} and head[2] >> 2 & 3 != 3  # noqa: PLR2004


def _by_text(name: str, head: bytes, size: int) -> Detected | None:
    encoding = guess_encoding(head, whole=len(head) == size)
    if encoding is None:
        return None
    text = head.decode(encoding.codec, "replace").lstrip("\ufeff")
    if _SVG.match(text):
        return Detected(Kind.SVG, format="SVG")
    if _HTML.match(text):
        return Detected(Kind.HTML, format="HTML")
    kind, called = _TEXTS.get(_ending(name), (Kind.TEXT, ""))
    return Detected(kind, format=called)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""
