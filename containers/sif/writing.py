"""Writes the header of a SIF file around a squashfs that was packed at its place in it already. Pure.

``apptainer build`` packs to a file of its own and copies that into the image; here the file system never moves, so that
a commit needs the disk once. What is written is what Apptainer 1.4.5 writes: definition, metadata for
``apptainer inspect``, root file system.
"""

import struct
import uuid
from dataclasses import dataclass

from containers.sif.layout import (
    ARCHITECTURES,
    DEFINITION,
    DESCRIPTOR,
    DESCRIPTORS,
    GROUP_1,
    HEADER,
    JSON,
    MAGIC,
    OBJECTS_AT,
    PARTITION,
    PRIMARY_SYSTEM,
    SQUASHFS,
    TABLE_AT,
    aligned,
)

_LAUNCH = b"#!/usr/bin/env run-singularity\n"


@dataclass(frozen=True)
class Objects:
    """What lies in the image beside its file system.

    Attributes:
        definition: the text it was made from.
        metadata: the JSON that ``apptainer inspect`` shows.
    """

    definition: bytes
    metadata: bytes

    @property
    def root_at(self) -> int:
        """Where the root file system has to begin, in bytes."""
        return aligned(OBJECTS_AT + len(self.definition) + len(self.metadata))


def render_header(objects: Objects, *, root_bytes: int, machine: str, identity: uuid.UUID, seconds: int) -> bytes:
    """Return the first ``objects.root_at`` bytes of the image.

    Args:
        objects: what lies beside the file system.
        root_bytes: length of the file system.
        machine: what it is made for, as uname(2) calls it.
        identity: the image's own number.
        seconds: when it was made, seconds since 1970.

    Raises:
        ValueError: Apptainer has no number for the machine.
    """
    if machine not in ARCHITECTURES:
        raise ValueError(f"SIF has no number for the machine {machine!r}; it has: {', '.join(ARCHITECTURES)}")
    arch = ARCHITECTURES[machine]
    metadata_at = OBJECTS_AT + len(objects.definition)
    pad = objects.root_at - metadata_at - len(objects.metadata)
    partition = struct.pack("<ii3s", SQUASHFS, PRIMARY_SYSTEM, arch)
    rows = [
        (DEFINITION, OBJECTS_AT, len(objects.definition), 0, b"", b""),
        (JSON, metadata_at, len(objects.metadata), 0, b"inspect-metadata.json", b""),
        (PARTITION, objects.root_at, root_bytes, pad, b"", partition),
    ]
    table = b"".join(
        DESCRIPTOR.pack(kind, True, number, GROUP_1, 0, at, size, size + padding, seconds, seconds, 0, 0, name, extra)
        for number, (kind, at, size, padding, name, extra) in enumerate(rows, start=1)
    )
    data = objects.root_at + root_bytes - OBJECTS_AT
    counts = (DESCRIPTORS - len(rows), DESCRIPTORS, TABLE_AT, DESCRIPTORS * DESCRIPTOR.size, OBJECTS_AT, data)
    header = HEADER.pack(_LAUNCH, MAGIC, b"01", arch, identity.bytes, seconds, seconds, *counts)
    text = header.ljust(TABLE_AT, b"\0") + table
    return text.ljust(OBJECTS_AT, b"\0") + objects.definition + objects.metadata + bytes(pad)
