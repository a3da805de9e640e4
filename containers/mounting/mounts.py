"""The images that are mounted on this node; whoever calls is root and holds the lock."""

import contextlib
import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from containers.errors import ImageError
from containers.node.commands import ENVIRONMENT
from containers.sif.reading import read_header

MOST = 32
"""So many images stay mounted at most, beside those in use; the oldest go first."""
_SUB_IDS = 65_535
_OTHERS_WRITE = 0o022
_IN_FOLDER = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Owner:
    """The service user: its ids, and the first of its sub-ids, by which a container of its sees an image's ids."""

    uid: int
    gid: int
    first_sub_uid: int
    first_sub_gid: int

    @property
    def id_map(self) -> str:
        """The option of mount(8): root's files are the user's, all others' its sub-ids', as in ``--fakeroot``."""
        users = f"u:0:{self.uid}:1 u:1:{self.first_sub_uid}:{_SUB_IDS}"
        return f"X-mount.idmap={users} g:0:{self.gid}:1 g:1:{self.first_sub_gid}:{_SUB_IDS}"


class Mounts:
    """The folder in which each mounted image has one, named by its SHA-256.

    Args:
        folder: made where it is not there; only root writes in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def mount(self, images: Path, app: str, sha256: str, owner: Owner) -> None:
        """Mount an image, unless it is; ``<folder>/<sha256>`` then holds its files, as its containers see them.

        Raises:
            ImageError: the file is no image, or the kernel cannot mount it so.
            OSError: it is not the owner's own plain file in the images' folder, or is not there.
        """
        self._folder.mkdir(mode=0o710, exist_ok=True)
        os.chown(self._folder, 0, owner.gid)
        place = self._folder / sha256
        if place.is_mount():
            return
        self.tidy(most=MOST)
        with _opened(images, app, sha256, owner) as file:
            offset = read_header(Path(f"/proc/self/fd/{file}")).offset
            place.mkdir(mode=0o700, exist_ok=True)
            options = f"loop,ro,nodev,nosuid,offset={offset},{owner.id_map}"
            told = subprocess.run(
                ["mount", "-t", "squashfs", "-o", options, f"/proc/self/fd/{file}", str(place)],
                pass_fds=[file], capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=60,
            )  # fmt: skip
        # A mount(8) or kernel that knows no id maps would leave the files root's, which no container could enter.
        if told.returncode == 0 and place.stat().st_uid == owner.uid:
            return
        self._unmount(place)
        raise ImageError(f"{sha256}.sif cannot be mounted: {told.stderr.strip()[:300] or 'its ids are not mapped'}")

    def tidy(self, *, most: int) -> None:
        """Unmount the oldest of those that nobody uses until fewer than ``most`` are left (0: all of them).

        What a job uses is busy for the kernel (its script holds the folder open) and stays.
        """
        places = sorted(self._places(), key=lambda place: os.lstat(place).st_ctime_ns)
        for place in places[: max(0, len(places) - most + 1)] if most else places:
            self._unmount(place)

    def _places(self) -> list[Path]:
        with contextlib.suppress(FileNotFoundError):
            return [place for place in self._folder.iterdir() if place.is_dir()]
        return []

    def _unmount(self, place: Path) -> None:
        if place.is_mount():
            subprocess.run(["umount", str(place)], capture_output=True, check=False, env=ENVIRONMENT, timeout=60)
        with contextlib.suppress(OSError):  # busy, which is well
            place.rmdir()


@contextlib.contextmanager
def _opened(images: Path, app: str, sha256: str, owner: Owner) -> Iterator[int]:
    """Open an image as its owner would: no link is followed, nothing is opened that root alone may, or by NFS not."""
    os.setegid(owner.gid)
    os.seteuid(owner.uid)
    try:
        folder = os.open(images / app, _IN_FOLDER | os.O_DIRECTORY)
        try:
            file = os.open(f"{sha256}.sif", _IN_FOLDER | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)
    finally:
        os.seteuid(0)
        os.setegid(0)
    try:
        found = os.fstat(file)
        if found.st_uid != owner.uid or not stat.S_ISREG(found.st_mode) or found.st_mode & _OTHERS_WRITE:
            raise PermissionError(f"{app}/{sha256}.sif is not a plain file that the service user alone may write")
        yield file
    finally:
        os.close(file)
