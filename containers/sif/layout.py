"""The fields of a SIF file (https://github.com/apptainer/sif, version 01). Pure.

A header of 128 bytes, then descriptors of 585 bytes, little-endian, unpadded; objects follow.
"""

import struct

HEADER = struct.Struct("<32s10s3s3s16s8q")
DESCRIPTOR = struct.Struct("<i?III5q2q128s384s")
MAGIC = b"SIF_MAGIC"
# What a descriptor is about, and what a partition holds and is for.
DEFINITION, PARTITION, SIGNATURE, JSON, ENCRYPTED_MESSAGE = 0x4001, 0x4004, 0x4005, 0x4006, 0x4008
SQUASHFS, PRIMARY_SYSTEM = 1, 2
# The table as Apptainer makes it: 48 descriptors from byte 4096.
DESCRIPTORS, TABLE_AT = 48, 4096
OBJECTS_AT = TABLE_AT + DESCRIPTORS * DESCRIPTOR.size
PAGE = 4096
GROUP_1 = 0xF0000001
# The machine as uname(2) calls it, and Apptainer's number for it.
ARCHITECTURES = {
    "i686": b"01",
    "x86_64": b"02",
    "armv7l": b"03",
    "aarch64": b"04",
    "ppc64": b"05",
    "ppc64le": b"06",
    "s390x": b"11",
    "riscv64": b"12",
}
MACHINES = {number: name for name, number in ARCHITECTURES.items()}


def aligned(position: int) -> int:
    """Return the first multiple of a page from ``position``."""
    return -(-position // PAGE) * PAGE
