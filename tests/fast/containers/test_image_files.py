"""Reading images, as far as it needs none: listings, headers, first lines."""

import struct
from pathlib import Path, PurePosixPath

import pytest

from containers import ImageError
from containers.building.image_file import digest, fresh_name, put_in_place
from containers.inspect import elf_interpreter, shebang
from containers.sif import parse_listing, squashfs_offset

LISTING = """\
drwxr-xr-x root/root               369 2026-01-02 10:11 squashfs-root
drwxr-xr-x root/root               178 2026-01-02 10:11 squashfs-root/usr
-rwxr-xr-x root/root            125640 2026-01-02 10:11 squashfs-root/usr/a -> b
lrwxrwxrwx root/root                 4 2026-01-02 10:11 squashfs-root/usr/sh -> dash
crw-rw-rw- root/root             1,  3 2026-01-02 10:11 squashfs-root/usr/null
"""


def test_listing() -> None:
    link = parse_listing(LISTING, PurePosixPath("/usr/sh"))
    assert link is not None
    assert (link.mode, link.target, link.is_file) == ("lrwxrwxrwx", "dash", False)
    odd = parse_listing(LISTING, PurePosixPath("/usr/a -> b"))
    assert odd is not None
    assert odd.is_file
    assert odd.is_executable
    assert parse_listing(LISTING, PurePosixPath("/usr/a")) is None
    assert parse_listing(LISTING, PurePosixPath("/us")) is None


@pytest.mark.parametrize(
    ("mode", "executable"), [("-rw-r--r--", False), ("-rw-r--r-x", True), ("-rwsr--r--", True), ("-rwSr--r--", False)]
)
def test_who_may_run_it(mode: str, executable: bool) -> None:
    entry = parse_listing(f"{mode} root/root 1 2026-01-02 10:11 squashfs-root/x\n", PurePosixPath("/x"))
    assert entry is not None
    assert entry.is_executable is executable


def sif(partitions: list[tuple[int, bool, int, int, int]]) -> bytes:
    """A SIF file's beginning with (kind, used, begin, file system, role) for each descriptor."""
    head = struct.pack(
        "<32s10s3s3s16s8q", b"#!", b"SIF_MAGIC", b"01", b"02", b"", 0, 0, 0, len(partitions), 128, 0, 0, 0
    )
    return head + b"".join(
        struct.pack("<i?III7q128sii", kind, used, 1, 1, 0, begin, 0, 0, 0, 0, 0, 0, b"", filesystem, role).ljust(
            585, b"\0"
        )
        for kind, used, begin, filesystem, role in partitions
    )


def test_where_the_file_system_begins(tmp_path: Path) -> None:
    image = tmp_path / "x.sif"
    wanted = (0x4004, True, 36864, 1, 2)
    image.write_bytes(sif([(0x4001, True, 1, 0, 0), (0x4004, False, 2, 1, 2), (0x4004, True, 3, 1, 3), wanted]))
    assert squashfs_offset(image) == 36864
    image.write_bytes(b"hsqs" + bytes(200))
    assert squashfs_offset(image) == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"#!/bin/sh\n" + bytes(200), sif([]), sif([(0x4004, True, 1, 2, 2)]), sif([(0x4004, True, 1, 1, 2)])[:300]],
)
def test_what_is_no_image(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.sif").write_bytes(data)
    with pytest.raises(ImageError, match=r"x\.sif"):
        squashfs_offset(tmp_path / "x.sif")
    with pytest.raises(ImageError, match="cannot be read"):
        squashfs_offset(tmp_path / "missing")


def test_first_lines() -> None:
    assert shebang(b"#!/usr/bin/env python3\nrest") == ["/usr/bin/env", "python3"]
    assert shebang(b"#! \t/bin/sh -e") == ["/bin/sh", "-e"]
    assert shebang(b"#!/bin/sh\r\n") == ["/bin/sh\r"]
    assert shebang(b"#!\n/bin/sh") == []


def test_elf_interpreter() -> None:
    here = Path("/proc/self/exe").resolve().read_bytes()[:65536]
    loader = elf_interpreter(here)
    assert loader is not None
    assert Path(loader).exists()
    assert elf_interpreter(b"\x7fELF" + bytes(20)) is None
    assert elf_interpreter(here[:70]) is None


def test_an_image_takes_its_place(tmp_path: Path) -> None:
    fresh = fresh_name(tmp_path)
    assert fresh != fresh_name(tmp_path)
    fresh.write_bytes(b"abc")
    assert digest(fresh) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    put_in_place(fresh, tmp_path / "x.sif")
    assert [path.name for path in tmp_path.iterdir()] == ["x.sif"]
    assert (tmp_path / "x.sif").stat().st_mode & 0o777 == 0o444
