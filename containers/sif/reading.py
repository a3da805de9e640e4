"""Reads the header of a SIF or squashfs file that may be anybody's. Nothing of it is believed before it was checked."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from containers.errors import ImageError
from containers.sif.layout import (
    DESCRIPTOR,
    ENCRYPTED_MESSAGE,
    HEADER,
    MACHINES,
    MAGIC,
    PARTITION,
    PRIMARY_SYSTEM,
    SIGNATURE,
    SQUASHFS,
)

_MOST_DESCRIPTORS = 1024
# https://dr-emann.github.io/squashfs/: magic, inodes, time, block size, fragments, compressor, ..., bytes used.
_SUPERBLOCK = struct.Struct("<4s4I6H2Q")
_COMPRESSORS = {1: "gzip", 2: "lzma", 3: "lzo", 4: "xz", 5: "lz4", 6: "zstd"}


@dataclass(frozen=True)
class ImageHeader:
    """What an image's header says, found to be so.

    Attributes:
        offset: where the root file system begins, in bytes.
        inodes: how many files the root file system says that it has.
        compressor: such as ``zstd``.
        machine: what it was made for, as uname(2) calls it; empty for a plain squashfs, which does not say.
        signed: it carries a signature. Whether this is a good one, and whose, is not looked at here.
    """

    offset: int
    inodes: int
    compressor: str
    machine: str
    signed: bool


def read_header(image: Path) -> ImageHeader:
    """Read and check.

    Raises:
        ImageError: it is no image, is cut, holds anything but one squashfs root file system, or is encrypted.
    """
    try:
        with image.open("rb") as file:
            head = file.read(HEADER.size)
            size = file.seek(0, 2)
            if head.startswith(b"hsqs"):
                return _checked(image, file, 0, size, "", signed=False)
            if len(head) < HEADER.size or not head[32:].startswith(MAGIC):
                raise ImageError(f"{image.name} is no SIF image")
            *_, arch, _id, _created, _modified, _free, total, table_at, _table, _data, _length = HEADER.unpack(head)
            if not 0 <= table_at <= size or not 0 <= total <= _MOST_DESCRIPTORS:
                raise ImageError(f"{image.name} has a header that makes no sense")
            file.seek(table_at)
            table = file.read(total * DESCRIPTOR.size)
            begin, length, signed = _root_partition(image, table)
            if not HEADER.size <= begin <= begin + length <= size:
                raise ImageError(f"{image.name} is cut: its root file system should end at byte {begin + length}")
            return _checked(image, file, begin, length, MACHINES.get(arch.rstrip(b"\0"), "unknown"), signed=signed)
    except (OSError, ValueError) as cause:
        raise ImageError(f"{image.name} cannot be read: {cause}") from cause


def _root_partition(image: Path, table: bytes) -> tuple[int, int, bool]:
    """Return begin and length of the one partition, and whether there is a signature."""
    found: list[tuple[int, int]] = []
    signed = False
    for start in range(0, len(table) - DESCRIPTOR.size + 1, DESCRIPTOR.size):
        kind, used, _id, _group, _link, begin, length, *_, extra = DESCRIPTOR.unpack_from(table, start)
        if not used:
            continue
        if kind == ENCRYPTED_MESSAGE:
            raise ImageError(f"{image.name} is encrypted")
        signed = signed or kind == SIGNATURE
        if kind == PARTITION:
            if struct.unpack_from("<ii", extra) != (SQUASHFS, PRIMARY_SYSTEM):
                raise ImageError(f"{image.name} holds a partition beside a squashfs root file system")
            found.append((begin, length))
    if len(found) != 1:
        raise ImageError(f"{image.name} holds {len(found) or 'no'} squashfs root file system{'s' * bool(found)}")
    return (*found[0], signed)


def _checked(image: Path, file: BinaryIO, begin: int, length: int, machine: str, *, signed: bool) -> ImageHeader:
    """Look at the file system's own first block."""
    file.seek(begin)
    block = file.read(_SUPERBLOCK.size)
    if len(block) < _SUPERBLOCK.size or not block.startswith(b"hsqs"):
        raise ImageError(f"{image.name} holds no squashfs where its header says")
    _magic, inodes, _time, _block, _fragments, compressor, *_rest, major, _minor, _root, used = _SUPERBLOCK.unpack(
        block
    )
    if major != 4 or compressor not in _COMPRESSORS:  # noqa: PLR2004  # the version since 2009
        raise ImageError(f"{image.name} holds a squashfs of an unknown kind")
    if used > length:
        raise ImageError(f"{image.name} is cut: its root file system has {used} bytes, {length} are there")
    return ImageHeader(begin, inodes, _COMPRESSORS[compressor], machine, signed)
