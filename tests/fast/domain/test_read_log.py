"""A log is read while the app writes it, and whatever the app puts in its place."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from allgo_hpc.jobs.log import read_log


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "allgo.log"
    path.write_bytes(b"0123456789")
    return path


@pytest.mark.parametrize(
    ("offset", "most", "expected"),
    [
        (0, 100, b"0123456789"),
        (0, 4, b"0123"),
        (4, 4, b"4567"),
        (8, 4, b"89"),
        (10, 4, b""),
        (2**40, 4, b""),
        (0, 0, b""),
    ],
)
def test_a_part_and_the_size(log: Path, offset: int, most: int, expected: bytes) -> None:
    assert read_log(log, offset, most) == (expected, 10)


def test_one_that_shrank_gives_nothing(log: Path) -> None:
    log.write_bytes(b"012")
    assert read_log(log, 5, 100) == (b"", 3)


def _absent(log: Path) -> None:
    log.unlink()


def _no_folder(log: Path) -> None:
    log.unlink()
    log.parent.rename(log.parent.with_name("away"))


def _parent_is_a_file(log: Path) -> None:
    _no_folder(log)
    log.parent.write_text("")


def _link(log: Path) -> None:
    log.unlink()
    log.symlink_to("/etc/passwd")


def _link_to_itself(log: Path) -> None:
    log.unlink()
    log.symlink_to(log.name)


def _link_to_a_log(log: Path) -> None:
    log.rename(log.with_name("other.log"))
    log.symlink_to("other.log")


def _pipe(log: Path) -> None:
    log.unlink()
    os.mkfifo(log)


def _folder(log: Path) -> None:
    log.unlink()
    log.mkdir()


def _socket(log: Path) -> None:
    log.unlink()
    here = Path.cwd()
    os.chdir(log.parent)  # an address has room for 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(log.name)
    finally:
        os.chdir(here)


def _device(log: Path) -> None:
    log.unlink()
    log.symlink_to("/dev/zero")


PUT = [
    _absent, _no_folder, _parent_is_a_file, _link, _link_to_itself, _link_to_a_log, _pipe, _folder, _socket, _device,
]  # fmt: skip


@pytest.mark.parametrize("put", PUT, ids=lambda put: put.__name__.strip("_"))
def test_what_is_no_plain_file_is_empty(log: Path, put: Callable[[Path], None]) -> None:
    put(log)
    assert read_log(log, 0, 100) == (b"", 0)


def test_a_pipe_that_somebody_writes_to_is_not_read(log: Path) -> None:
    _pipe(log)
    descriptor = os.open(log, os.O_RDWR | os.O_NONBLOCK)
    os.write(descriptor, b"words")
    assert read_log(log, 0, 100) == (b"", 0)
    os.close(descriptor)


def test_a_hole_of_a_terabyte_is_no_effort(log: Path) -> None:
    with log.open("r+b") as file:
        file.truncate(2**40)
        file.seek(2**40 - 3)
        file.write(b"end")
    assert read_log(log, 2**40 - 5, 100) == (b"\0\0end", 2**40)
    assert read_log(log, 5, 10) == (b"56789" + b"\0" * 5, 2**40)


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts descriptors in /proc")
def test_no_descriptor_stays_open(log: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for put in (lambda _: None, _pipe, lambda path: path.unlink(), lambda path: path.mkdir()):
        put(log)
        for _ in range(10):
            read_log(log, 0, 100)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_file_system_that_fails_is_told(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> int:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(os, "open", broken)
    with pytest.raises(OSError, match="Stale"):
        read_log(log, 0, 100)
