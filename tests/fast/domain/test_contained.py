"""Only what is listed is read out of a job folder, whatever was put in its place."""

import os
from pathlib import Path

import pytest

from allgo_hpc.reading.contained import NotAsListed, is_contained, listed_files
from tests.fast.archives import open_files


def _read(folder: Path, path: bytes, size: int) -> bytes:
    with listed_files() as read:
        return b"".join(read(folder, path, size, 0))


@pytest.fixture
def job(tmp_path: Path) -> Path:
    folder = tmp_path / "job"
    (folder / "in" / "ner").mkdir(parents=True)
    (folder / "in" / "ner" / "a.txt").write_bytes(b"right")
    (tmp_path / "secret").write_bytes(b"other")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.txt").write_bytes(b"other")
    return folder


def test_a_file_in_folders(job: Path) -> None:
    assert _read(job, b"in/ner/a.txt", 5) == b"right"
    with listed_files() as read:
        assert b"".join(read(job, b"in/ner/a.txt", 5, 2)) == b"ght"


def test_a_file_that_became_a_link(job: Path) -> None:
    (job / "in/ner/a.txt").unlink()
    (job / "in/ner/a.txt").symlink_to(job.parent / "secret")
    with pytest.raises(NotAsListed):
        _read(job, b"in/ner/a.txt", 5)


@pytest.mark.parametrize("part", ["in", "in/ner"])
@pytest.mark.parametrize("target", ["moved", "/outside"])
def test_a_folder_that_became_a_link(job: Path, part: str, target: str) -> None:
    (job / part).rename(job / "moved")
    (job / "moved" / "ner").mkdir(exist_ok=True)
    (job / part).symlink_to(job / "moved" if target == "moved" else job.parent / "outside")
    with pytest.raises(NotAsListed):
        _read(job, b"in/ner/a.txt", 5)


def test_the_job_folder_that_became_a_link(job: Path) -> None:
    job.rename(job.parent / "moved")
    job.symlink_to(job.parent / "moved")
    with pytest.raises(NotAsListed):
        _read(job, b"in/ner/a.txt", 5)


def test_another_size_and_nothing_at_all(job: Path) -> None:
    for size in (4, 6, 0):
        with pytest.raises(NotAsListed):
            _read(job, b"in/ner/a.txt", size)
    for path in (b"in/ner/none", b"none/a", b"in", b"in/ner/a.txt/b"):
        with pytest.raises(NotAsListed):
            _read(job, path, 5)


def test_a_fifo_does_not_hold_anybody_up(job: Path) -> None:
    (job / "in/ner/a.txt").unlink()
    os.mkfifo(job / "in/ner/a.txt")
    with pytest.raises(NotAsListed):
        _read(job, b"in/ner/a.txt", 0)


def test_a_file_that_shrinks_while_it_is_read(job: Path) -> None:
    (job / "large").write_bytes(bytes(300_000))
    with listed_files() as read:
        pieces = read(job, b"large", 300_000, 0)
        next(pieces)
        os.truncate(job / "large", 200_000)
        with pytest.raises(NotAsListed, match="early"):
            list(pieces)


def test_a_job_that_is_deleted_meanwhile_is_read_on(job: Path) -> None:
    (job / "b").write_bytes(b"b")
    with listed_files() as read:
        assert b"".join(read(job, b"b", 1, 0)) == b"b"
        job.rename(job.parent / "trash")
        assert b"".join(read(job, b"in/ner/a.txt", 5, 0)) == b"right"


def test_nothing_stays_open(job: Path) -> None:
    before = open_files()
    for _ in range(3):
        assert _read(job, b"in/ner/a.txt", 5)
        with pytest.raises(NotAsListed):
            _read(job, b"in/ner/none", 5)
    with listed_files() as read:
        pieces = read(job, b"in/ner/a.txt", 5, 0)
        next(pieces)
        del pieces
    assert open_files() == before


@pytest.mark.parametrize("path", [b"", b"/etc/passwd", b"..", b"a/../b", b"./a", b"a//b", b"a/", b"a\0b", b"a/.."])
def test_what_leads_out_is_not_contained(job: Path, path: bytes) -> None:
    assert not is_contained(path)
    with pytest.raises(NotAsListed):
        _read(job, path, 5)
