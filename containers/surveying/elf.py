"""What an ELF program says of itself (elf(5)). Pure."""

import struct
from dataclasses import dataclass
from pathlib import PurePosixPath

_PT_INTERP = 3
# e_machine of what Slurm clusters are made of, by the words of uname(2).
_MACHINES = {3: "i686", 8: "mips", 20: "ppc", 21: "ppc64", 22: "s390x", 40: "armv7l", 62: "x86_64", 183: "aarch64"}
_MACHINES |= {243: "riscv64", 258: "loongarch64"}
_ALSO_RUNS = {"x86_64": {"x86_64", "i686"}, "aarch64": {"aarch64"}, "ppc64le": {"ppc64"}}


@dataclass(frozen=True)
class Program:
    """An ELF program: the machine it is for, and the dynamic loader it names; None for a static program."""

    machine: str
    loader: PurePosixPath | None


def runs_on(program: str, machine: str) -> bool:
    """Say whether a program for one machine runs on another (both as uname(2) calls them)."""
    return program in _ALSO_RUNS.get(machine, {machine})


def read_elf(head: bytes) -> Program | None:
    """Read the beginning of a file; None where it is no ELF program or is cut."""
    if not head.startswith(b"\x7fELF"):
        return None
    try:
        order = {1: "<", 2: ">"}[head[5]]
        (number,) = struct.unpack_from(order + "H", head, 18)
        if head[4] == 2:  # noqa: PLR2004  # 64 bits
            (table,) = struct.unpack_from(order + "Q", head, 32)
            size, count = struct.unpack_from(order + "HH", head, 54)
            where = (8, 32, "Q")
        else:
            (table,) = struct.unpack_from(order + "I", head, 28)
            size, count = struct.unpack_from(order + "HH", head, 42)
            where = (4, 16, "I")
        loader = None
        for start in range(table, table + size * count, size or 1):
            if struct.unpack_from(order + "I", head, start)[0] == _PT_INTERP:
                (begin,) = struct.unpack_from(order + where[2], head, start + where[0])
                (length,) = struct.unpack_from(order + where[2], head, start + where[1])
                text = head[begin : begin + length].rstrip(b"\0").decode(errors="surrogateescape")
                loader = PurePosixPath(text)
                break
    except (struct.error, KeyError, IndexError):
        return None
    return Program(_MACHINES.get(number, f"machine {number}"), loader)
