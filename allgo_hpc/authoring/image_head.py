"""Tells a PNG, JPEG or WebP file from its first bytes, and how large its picture is. Pure; nothing is decoded."""

import struct
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
# JPEG (ITU-T T.81, B.1.1.3): frame headers hold the size; what stands alone has no length.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_WEBP_HEAD = 25
"""Bytes up to the size of the shortest kind, lossless."""
_JPEG_ENDS = frozenset({0xD9, 0xDA})


@dataclass(frozen=True)
class Picture:
    """What a file says of itself: media type, and pixels."""

    media_type: str
    width: int
    height: int


def read_head(data: bytes) -> Picture | None:
    """Return what the file is; None for anything but a PNG, JPEG or WebP with a readable head."""
    try:
        if data.startswith(_PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp(data)
    except (struct.error, IndexError):
        pass
    return None


def _png(data: bytes) -> Picture | None:
    # The first chunk is IHDR, of 13 bytes (PNG, 11.2.2).
    if data[8:16] != b"\0\0\0\x0dIHDR":
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return Picture("image/png", width, height)


def _jpeg(data: bytes) -> Picture | None:
    at = 2
    while data[at] == 0xFF:  # noqa: PLR2004  # each marker begins with it, and may be filled up with it
        kind = data[at + 1]
        if kind == 0xFF:  # noqa: PLR2004
            at += 1
        elif kind in _JPEG_ALONE:
            at += 2
        elif kind in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Picture("image/jpeg", width, height)
        elif kind in _JPEG_ENDS:
            return None
        else:
            at += 2 + max(2, struct.unpack_from(">H", data, at + 2)[0])
    return None


def _webp(data: bytes) -> Picture | None:
    # https://developers.google.com/speed/webp/docs/riff_container: lossy, lossless, extended.
    if len(data) < _WEBP_HEAD:
        return None
    kind = data[12:16]
    if kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    elif kind == b"VP8L" and data[20] == 0x2F:  # noqa: PLR2004  # its signature
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8X" and len(data) >= 30:  # noqa: PLR2004  # up to its height
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    else:
        return None
    return Picture("image/webp", width, height)
