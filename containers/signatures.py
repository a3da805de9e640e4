"""Says whether a SIF file holds a signature. Whose it is, and whether it is good, is for ``apptainer verify``."""

import struct
from pathlib import Path

from containers.errors import ImageError

# https://github.com/apptainer/sif: a header of 128 bytes, then descriptors of 585 bytes, little-endian, unpadded.
_HEADER = struct.Struct("<32s10s3s3s16s8q")
_DESCRIPTOR_BYTES = 585
_SIGNATURE = 0x4005
_MOST_DESCRIPTORS = 1024


def is_signed(image: Path) -> bool:
    """Return whether an image holds a signature block; a plain squashfs holds none.

    Raises:
        ImageError: it cannot be read.
    """
    try:
        with image.open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size or head[32:41] != b"SIF_MAGIC":
                return False
            *_, total, offset, _size, _data, _length = _HEADER.unpack(head)
            file.seek(offset)
            table = file.read(min(max(total, 0), _MOST_DESCRIPTORS) * _DESCRIPTOR_BYTES)
    except (OSError, ValueError, struct.error) as cause:
        raise ImageError(f"{image.name} cannot be read: {cause}") from cause
    starts = range(0, len(table) - _DESCRIPTOR_BYTES + 1, _DESCRIPTOR_BYTES)
    return any(struct.unpack_from("<i?", table, start) == (_SIGNATURE, True) for start in starts)
