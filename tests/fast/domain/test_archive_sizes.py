"""Archives of very many and very large files: what their old forms cannot count, and how much memory they take."""

import io
import os
import tarfile
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import zipstream.ng

from allgo_hpc.reading.archive import FORMATS, make_archive
from allgo_hpc.reading.contained import Read
from allgo_hpc.reading.members import Member

FORM = pytest.mark.parametrize("form", list(FORMATS))
ZEROS = bytes(4 * 1024 * 1024)


def _zeros(_folder: Path, _path: bytes, size: int, start: int) -> Iterator[bytes]:
    """A file of nothing but zeros, however large."""
    left = size - start
    while left > 0:
        yield ZEROS[: min(left, len(ZEROS))]
        left -= len(ZEROS)


@contextmanager
def _zero_files() -> Iterator[Read]:
    yield _zeros


@pytest.mark.parametrize("count", [65534, 65535, 65536])
def test_a_zip_of_as_many_files_as_its_old_form_can_count(count: int) -> None:
    members = [Member(f"{number:06}", Path("/none"), b"x", 0, "", 0) for number in range(count)]
    made = FORMATS["zip"](members, _zero_files)
    raw = b"".join(made.pieces())
    assert len(raw) == made.length
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        assert len(packed.infolist()) == count


GIB = 1024**3
SIZES = [2 * GIB, 4 * GIB, 9 * GIB]


@FORM
def test_files_of_many_gibibytes(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipstream.ng, "crc32", lambda _data, _before=0: 0)  # of 15 GiB: takes a minute
    members = [Member(f"{number}", Path("/none"), b"x", size, "", 0) for number, size in enumerate(SIZES)]
    members.append(Member("last", Path("/none"), b"x", 3, "", 0))
    made = FORMATS[form](members, _zero_files)
    path = tmp_path / "archive"
    with path.open("wb") as file:
        for piece in made.pieces():
            if piece == ZEROS:
                file.seek(len(piece), os.SEEK_CUR)  # a hole: takes no room on the disk
            else:
                file.write(piece)
        file.truncate()
    assert path.stat().st_size == made.length
    if form == "zip":
        with zipfile.ZipFile(path) as packed:
            assert [info.file_size for info in packed.infolist()] == [*SIZES, 3]
            with packed.open("0") as first:
                assert first.read(10) == bytes(10)
    else:
        with tarfile.open(path) as tar:
            assert [info.size for info in tar] == [*SIZES, 3]


def _peak(members: Sequence[Member], form: str) -> int:
    tracemalloc.start()
    made = make_archive(members, form)
    sent = sum(len(piece) for piece in made.pieces())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent == made.length
    return peak


@FORM
def test_a_large_file_takes_no_memory(form: str, tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    assert _peak([Member("large", tmp_path, b"large", 64 * 1024 * 1024, "", 0)], form) < 2 * 1024 * 1024


@FORM
def test_ten_thousand_small_files_take_little(form: str, tmp_path: Path) -> None:
    for number in range(10_000):
        (tmp_path / f"{number:05}").write_bytes(b"%05d" % number)
    members = [Member(f"{number:05}", tmp_path, b"%05d" % number, 5, "", 0) for number in range(10_000)]
    assert _peak(members, form) < 16 * 1024 * 1024
