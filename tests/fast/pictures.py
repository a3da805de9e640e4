"""Small pictures of each kind, made here byte by byte, and others that are none."""

import struct
import zlib


def png(width: int = 16, height: int = 16, *, shade: int = 0) -> bytes:
    """A whole PNG of one grey."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes([shade]) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg(width: int = 32, height: int = 24) -> bytes:
    """The head of a JPEG as cameras write it: a comment, a fill byte, tables, then the frame."""
    comment = b"\xff\xfe" + struct.pack(">H", 7) + b"hello"
    tables = b"\xff\xff\xdb" + struct.pack(">H", 67) + bytes(65)
    frame = b"\xff\xc2" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9) + comment + tables + frame + b"\xff\xd9"


def webp(kind: bytes, width: int = 48, height: int = 40) -> bytes:
    """The head of a WebP: lossy, lossless or extended."""
    body = {
        b"VP8 ": b"\x10\x02\0\x9d\x01\x2a" + struct.pack("<HH", width, height),
        b"VP8L": b"\x2f" + struct.pack("<I", (width - 1) | (height - 1) << 14),
        b"VP8X": bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
    }[kind]
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body
