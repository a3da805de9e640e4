"""A sandbox's disk: an ext4 file system in a file of its full size, so that its limit and its room are both real."""

import contextlib
import os
import shutil
import time
from pathlib import Path

from containers.node.accounts import Account
from containers.node.commands import attempt, run
from containers.node.errors import NodeError
from containers.node.settings import NodeSettings

_MEBI = 1 << 20
_UNMOUNT_TRIES = 100
_LOOK_S = 0.05
# Set-uid programs and devices in a sandbox have no power, whoever meets them; nothing is fetched by a discard.
_OPTIONS = "loop,nosuid,nodev,noatime"


def make_disk(settings: NodeSettings, path: Path, account: Account, size_mb: int) -> None:
    """Make the file system; root inside owns its first folder.

    All of its room is taken now (fallocate): a sparse file would let one sandbox fill the node's disk, and then the
    writes of all others would fail.

    Raises:
        NodeError: the node's disk has too little room; ``no_room``.
    """
    free_mb = shutil.disk_usage(path.parent).free // _MEBI
    if free_mb < size_mb + settings.spare_mb:
        raise NodeError("no_room", f"the build node's disk has {free_mb} MB left; a sandbox takes {size_mb} MB")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, size_mb * _MEBI)
        # Nothing is left to be zeroed later: mkfs, and the kernel in its place, do that by giving the room back.
        # -m 0: the reserve is for root outside, whom nobody inside is.
        extended = f"root_owner={account.uid}:{account.gid},nodiscard,lazy_itable_init=0,lazy_journal_init=0"
        run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", extended, str(path))
        os.posix_fallocate(descriptor, 0, size_mb * _MEBI)
    except OSError as cause:
        raise NodeError("no_room", f"the build node's disk cannot take {size_mb} MB: {cause.strerror}") from cause
    finally:
        os.close(descriptor)


def mount_disk(disk: Path, tree: Path) -> None:
    """Mount the file system, unless it is; its journal mends what a power cut left (ext4)."""
    tree.mkdir(parents=True, exist_ok=True)
    if not tree.is_mount():
        run("mount", "-t", "ext4", "-o", _OPTIONS, str(disk), str(tree))


def unmount_disk(tree: Path) -> None:
    """Unmount the file system once nothing holds it any more; its loop device goes with it.

    Raises:
        NodeError: something still has a file open in it; ``busy``.
    """
    for _ in range(_UNMOUNT_TRIES):
        if not tree.is_mount():
            break
        attempt("umount", str(tree))
        if tree.is_mount():
            time.sleep(_LOOK_S)
    else:
        raise NodeError("busy", "a program of the build node still reads the sandbox's disk: try again later")
    with contextlib.suppress(OSError):
        tree.rmdir()


def usage_mb(tree: Path) -> tuple[int, int]:
    """Return megabytes used and in all, as ``df`` inside would say it."""
    told = os.statvfs(tree)
    unit = told.f_frsize
    return (told.f_blocks - told.f_bfree) * unit // _MEBI, told.f_blocks * unit // _MEBI
