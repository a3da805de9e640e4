"""A small file system of its own under the portal's folder: it can be filled, frozen, closed to writing, taken away."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.machine import restart_portal

ROOT = Path("/srv/allgo")
_KEPT = Path("/mnt/kept")
_IMAGE = Path("/var/tmp/small.img")
_FREE_MB = 96
_FOLDERS = ("staging", "datastore", "control")
_SHARED = ("images", "bases")


class SmallStorage:
    """What holds the jobs while a test runs. Below it lies an empty folder of root's, as below a real mount."""

    def __init__(self, device: str) -> None:
        self._device = device

    def mount(self) -> None:
        _run("mount", self._device, str(ROOT))
        for name in _SHARED:
            if (_KEPT / name).is_dir():
                (ROOT / name).mkdir(exist_ok=True)
                _run("mount", "--bind", str(_KEPT / name), str(ROOT / name))

    def unmount(self, *how: str) -> None:
        for name in _SHARED:
            _run("umount", *how, str(ROOT / name))
        _run("umount", *how, str(ROOT))

    @contextmanager
    def full(self) -> Iterator[None]:
        """Not a byte is free."""
        ballast = ROOT / "ballast"
        with ballast.open("wb") as file:
            try:
                for size in (1 << 20, 4096, 1):
                    _fill(file.fileno(), size)
                yield
            finally:
                ballast.unlink()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        _run("mount", "-o", "remount,ro", str(ROOT))
        try:
            yield
        finally:
            _run("mount", "-o", "remount,rw", str(ROOT))

    @contextmanager
    def not_answering(self) -> Iterator[None]:
        """Whoever writes waits, as on a file server that is away."""
        _run("fsfreeze", "-f", str(ROOT))
        try:
            yield
        finally:
            _run("fsfreeze", "-u", str(ROOT))

    @contextmanager
    def gone(self) -> Iterator[None]:
        """Who has a file open keeps it; nobody finds anything."""
        self.unmount("-l")
        try:
            yield
        finally:
            self.mount()


@contextmanager
def small_storage() -> Iterator[SmallStorage]:
    """Move the jobs to a small file system, and back at the end."""
    device = _loop_device()
    storage = SmallStorage(device)
    _KEPT.mkdir(exist_ok=True)
    restart_portal(lambda: _move_in(storage))
    try:
        yield storage
    finally:
        restart_portal(lambda: _move_out(storage))
        _run("losetup", "-d", device)
        _IMAGE.unlink()


def _loop_device() -> str:
    """Make a file with an empty ext4; in the private /dev the loop devices have to be made."""
    with _IMAGE.open("wb") as file:
        file.truncate((_FREE_MB + 2 * _used_mb()) << 20)
    _run("mkfs.ext4", "-q", "-m", "0", str(_IMAGE))
    if not Path("/dev/loop-control").exists():
        _run("mknod", "-m", "600", "/dev/loop-control", "c", "10", "237")
    device = _run("losetup", "-f").split()[0]  # "(lost)" follows where /dev has no such file
    if not Path(device).exists():
        _run("mknod", "-m", "600", device, "b", "7", device.removeprefix("/dev/loop"))
    _run("losetup", device, str(_IMAGE))
    return device


def _used_mb() -> int:
    told = _run("du", "-sm", "--total", *(str(ROOT / name) for name in _FOLDERS))
    return int(told.splitlines()[-1].split()[0])


def _move_in(storage: SmallStorage) -> None:
    _run("mount", "--bind", str(ROOT), str(_KEPT))
    _run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", str(ROOT))
    storage.mount()
    shutil.rmtree(ROOT / "lost+found")
    (ROOT / "trash").mkdir()
    for folder in (ROOT, ROOT / "trash"):
        shutil.chown(folder, "allgo", "allgo")
    _run("rsync", "-a", *(str(_KEPT / name) for name in _FOLDERS), f"{ROOT}/")


def _move_out(storage: SmallStorage) -> None:
    _run("rsync", "-a", "--delete", *(str(ROOT / name) for name in _FOLDERS), f"{_KEPT}/")
    storage.unmount()
    _run("umount", str(ROOT))
    _run("umount", str(_KEPT))


def _fill(descriptor: int, size: int) -> None:
    block = b"\1" * size
    try:
        while True:
            os.write(descriptor, block)
    except OSError:
        os.fsync(descriptor)


def _run(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60).stdout
