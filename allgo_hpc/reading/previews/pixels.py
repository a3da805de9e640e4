"""How large a picture is, from its head; so that a browser is not asked to draw one that fills its memory."""

import struct

from allgo_hpc.authoring.image_head import read_head

MOST_PIXELS = 120_000_000
"""A browser takes four bytes for each."""
_GIF = 10
_BITMAP = 26


def pixels_of(head: bytes) -> tuple[int, int] | None:
    """Return width and height; None where the head does not tell."""
    if head.startswith(b"GIF8") and len(head) >= _GIF:
        width, height = struct.unpack_from("<HH", head, 6)
        return width, height
    if head.startswith(b"BM") and len(head) >= _BITMAP:
        width, height = struct.unpack_from("<ii", head, 18)
        return abs(width), abs(height)
    picture = read_head(head)
    return (picture.width, picture.height) if picture else None
