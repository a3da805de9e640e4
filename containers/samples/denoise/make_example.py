#!/usr/bin/env python3
"""Writes the example's image: round cells on a dark ground, with Gaussian noise. The same bytes each time."""

import math
import random
import struct
import zlib
from pathlib import Path

SIZE, NOISE = 160, 20.0


def clean(x: int, y: int) -> float:
    """Brightness of the image without noise."""
    value = 40.0 + 20.0 * x / SIZE
    for cx, cy, radius, light in ((45, 50, 28, 150), (110, 40, 20, 110), (95, 115, 34, 180), (35, 125, 16, 90)):
        distance = math.hypot(x - cx, y - cy)
        if distance < radius:
            value = light * (1.0 if distance > radius - 4 else 0.75)
    return value


def chunk(kind: bytes, data: bytes) -> bytes:
    """One part of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(rows: list[list[int]]) -> bytes:
    """A grey PNG of 8 bits."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


if __name__ == "__main__":
    chance = random.Random(20260101)  # noqa: S311  # noise, not a secret
    rows = [[min(255, max(0, round(clean(x, y) + chance.gauss(0, NOISE)))) for x in range(SIZE)] for y in range(SIZE)]
    (Path(__file__).parent / "example" / "cells.png").write_bytes(png(rows))
