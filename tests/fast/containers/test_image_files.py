"""Reading and writing images' headers, listings and first lines, as far as it needs no image."""

import struct
import uuid
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from containers import ImageError
from containers.building.image_file import digest, fresh_name, put_in_place
from containers.sif.layout import DESCRIPTOR, aligned
from containers.sif.reading import read_header
from containers.sif.writing import Objects, render_header
from containers.surveying.elf import read_elf, runs_on
from containers.surveying.entry import Entry
from containers.surveying.listing import parse_line
from containers.surveying.program import shebang

PARTITION, SIGNATURE, MESSAGE = 0x4004, 0x4005, 0x4008
SQUASHFS = struct.pack("<4s4I6H2Q", b"hsqs", 7, 0, 131072, 0, 6, 17, 0, 1, 4, 0, 0, 96) + bytes(4000)


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        (
            "drwxr-xr-x 0/0                 369 2026-01-02 10:11:12 squashfs-root",
            Entry(PurePosixPath("/"), "drwxr-xr-x", "", "0/0", 369, "2026-01-02 10:11:12"),
        ),
        (
            "-rwsr-xr-x 0/42             125640 2026-01-02 10:11:12 squashfs-root/usr/a -> b",
            Entry(PurePosixPath("/usr/a -> b"), "-rwsr-xr-x", "", "0/42", 125640, "2026-01-02 10:11:12"),
        ),
        (
            "lrwxrwxrwx 0/0                   4 2026-01-02 10:11:12 squashfs-root/usr/sh -> dash",
            Entry(PurePosixPath("/usr/sh"), "lrwxrwxrwx", "dash", "0/0", 4, "2026-01-02 10:11:12"),
        ),
        (
            "crw-rw-rw- 0/0                1,  3 2026-01-02 10:11:12 squashfs-root/dev/null",
            Entry(PurePosixPath("/dev/null"), "crw-rw-rw-", "", "0/0", 0, "2026-01-02 10:11:12"),
        ),
        ("line", None),
        ("", None),
        ("-rwxr-xr-x 0/0 1 2026-01-02 10:11:12 elsewhere/x", None),
    ],
)
def test_listing(line: str, entry: Entry | None) -> None:
    assert parse_line(line) == entry


@given(st.text(st.characters(exclude_characters="\n/\0"), min_size=1))
def test_any_name_in_a_listing(name: str) -> None:
    entry = parse_line(f"-rw-r--r-- 0/0 1 2026-01-02 10:11:12 squashfs-root/x/{name}")
    assert entry is not None
    assert entry.path == PurePosixPath("/x") / name


@pytest.mark.parametrize(
    ("mode", "executable"), [("-rw-r--r--", False), ("-rw-r--r-x", True), ("-rwsr--r--", True), ("-rwSr--r--", False)]
)
def test_who_may_run_it(mode: str, executable: bool) -> None:
    assert Entry(PurePosixPath("/x"), mode).is_executable is executable


def sif(*rows: tuple[int, bool, int, int, int, int], size: int = 65536, root: bytes = SQUASHFS) -> bytes:
    """A SIF file with (kind, used, begin, length, file system, role) for each descriptor; the root lies at 36864."""
    head = struct.pack(
        "<32s10s3s3s16s8q", b"#!", b"SIF_MAGIC", b"01", b"02", b"", 0, 0, 0, len(rows), 128, 0, 0, 0
    ) + b"".join(
        DESCRIPTOR.pack(kind, used, 1, 1, 0, begin, length, 0, 0, 0, 0, 0, b"", struct.pack("<ii", system, role))
        for kind, used, begin, length, system, role in rows
    )
    return (head.ljust(36864, b"\0") + root).ljust(size, b"\0")[:size]


ROOT = (PARTITION, True, 36864, 4096, 1, 2)


def test_where_the_file_system_begins(tmp_path: Path) -> None:
    image = tmp_path / "x.sif"
    image.write_bytes(sif((0x4001, True, 1, 0, 0, 0), (PARTITION, False, 2, 9, 1, 2), ROOT))
    header = read_header(image)
    assert (header.offset, header.inodes, header.compressor, header.machine) == (36864, 7, "zstd", "x86_64")
    assert header.signed is False
    image.write_bytes(sif(ROOT, (SIGNATURE, True, 1, 0, 0, 0)))
    assert read_header(image).signed is True
    image.write_bytes(SQUASHFS)
    assert (read_header(image).offset, read_header(image).machine) == (0, "")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no SIF image"),
        (b"#!/bin/sh\n" + bytes(200), "no SIF image"),
        (sif(), "holds no squashfs root"),
        (sif((PARTITION, True, 36864, 4096, 2, 2)), "a partition beside"),
        (sif(ROOT, (PARTITION, True, 36864, 4096, 4, 4)), "a partition beside"),  # an overlay would be mounted over it
        (sif(ROOT, ROOT), "holds 2 squashfs root file systems"),
        (sif((MESSAGE, True, 1, 1, 0, 0), ROOT), "is encrypted"),
        (sif((PARTITION, True, 36864, 2**40, 1, 2)), "is cut"),
        (sif((PARTITION, True, -5, 4096, 1, 2)), "is cut"),
        (sif((PARTITION, True, 36864, -1, 1, 2)), "is cut"),
        (sif((PARTITION, True, 36864, 95, 1, 2)), "is cut"),
        (sif(ROOT, size=300), "holds no squashfs root"),
        (sif(ROOT, root=b"ext4"), "no squashfs where its header says"),
        (sif(ROOT, root=SQUASHFS.replace(b"\x06\0\x11", b"\x63\0\x11")), "of an unknown kind"),
        (b"hsqs", "no squashfs where"),
        (sif(ROOT)[:80] + struct.pack("<6q", 0, 2**40, -1, 0, 0, 0), "makes no sense"),
    ],
)
def test_what_is_no_image(data: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "x.sif").write_bytes(data)
    with pytest.raises(ImageError, match=rf"x\.sif .*{sentence}"):
        read_header(tmp_path / "x.sif")


def test_a_missing_image(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        read_header(tmp_path / "missing")


@given(st.binary(max_size=3000), st.integers(0, 40000))
def test_damage_is_an_image_error_or_nothing(tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: int) -> None:
    image = tmp_path_factory.mktemp("sif") / "x.sif"
    whole = sif(ROOT)
    image.write_bytes(whole[:at] + noise + whole[at + len(noise) :])
    try:
        assert 0 <= read_header(image).offset <= len(whole)
    except ImageError as error:
        assert "x.sif" in str(error)  # noqa: PT017  # either is right


@pytest.mark.parametrize(("definition", "metadata"), [(b"", b"{}"), (b"x" * 100_000, b"y" * 5000)])
def test_what_is_written_is_read(definition: bytes, metadata: bytes, tmp_path: Path) -> None:
    objects = Objects(definition, metadata)
    head = render_header(objects, root_bytes=len(SQUASHFS), machine="aarch64", identity=uuid.uuid4(), seconds=1)
    assert len(head) == objects.root_at == aligned(objects.root_at)
    assert definition + metadata in head
    (tmp_path / "x.sif").write_bytes(head + SQUASHFS)
    header = read_header(tmp_path / "x.sif")
    assert (header.offset, header.machine) == (objects.root_at, "aarch64")


def test_a_machine_that_sif_does_not_know() -> None:
    with pytest.raises(ValueError, match="no number for the machine 'pdp11'"):
        render_header(Objects(b"", b""), root_bytes=1, machine="pdp11", identity=uuid.uuid4(), seconds=1)


def test_first_lines() -> None:
    assert shebang(b"#!/usr/bin/env python3\nrest") == ["/usr/bin/env", "python3"]
    assert shebang(b"#! \t/bin/sh -e") == ["/bin/sh", "-e"]
    assert shebang(b"#!/bin/sh\r\n") == ["/bin/sh\r"]
    assert shebang(b"#!\n/bin/sh") == []


def test_elf() -> None:
    here = Path("/proc/self/exe").resolve().read_bytes()[:65536]
    program = read_elf(here)
    assert program is not None
    assert program.loader is not None
    assert Path(program.loader).exists()
    assert program.machine == "x86_64" or not runs_on(program.machine, "x86_64")
    assert read_elf(b"\x7fELF" + bytes(20)) is None
    assert read_elf(here[:70]) is None
    assert runs_on("i686", "x86_64")
    assert not runs_on("aarch64", "x86_64")


@given(st.binary(max_size=300))
def test_any_elf_is_read_or_none(noise: bytes) -> None:
    read_elf(b"\x7fELF" + noise)


def test_an_image_takes_its_place(tmp_path: Path) -> None:
    fresh = fresh_name(tmp_path)
    assert fresh != fresh_name(tmp_path)
    fresh.write_bytes(b"abc")
    assert digest(fresh) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    put_in_place(fresh, tmp_path / "x.sif")
    assert [path.name for path in tmp_path.iterdir()] == ["x.sif"]
    assert (tmp_path / "x.sif").stat().st_mode & 0o777 == 0o444
