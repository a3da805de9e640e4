"""Puts a commit's image among the portal's own, where both are on one file system: nothing has to travel.

The folder is the portal's account's, who could put a link in any place of its path. So root writes nothing there: a
process that has become that account does, and can do no more than the account can anyway.
"""

import os
import signal
from pathlib import Path
from typing import NoReturn

from containers.node.commits.place import CommitPlace

_CHUNK = 1 << 26


def deliver(place: CommitPlace, image: Path) -> bool:
    """Copy the image to ``<portal_images>/<app>/.<uuid>.fetched``, where the portal looks for what it has fetched.

    Returns:
        False where this node has no such folder, or it could not be written: then the portal fetches the image.
    """
    folder = place.places.settings.portal_images
    if folder is None:
        return False
    try:
        owner = folder.stat()
        source = os.open(image, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    if owner.st_uid == 0 or owner.st_gid == 0:  # nobody's rights could be given up
        os.close(source)
        return False
    child = os.fork()
    if child == 0:
        _copy(source, folder / place.places.name / f".{place.uuid}.fetched", owner)
    os.close(source)
    try:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    except BaseException:  # the commit is to end
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def _copy(source: int, target: Path, owner: os.stat_result) -> NoReturn:
    status = 1
    try:
        os.setgroups([])
        os.setresgid(owner.st_gid, owner.st_gid, owner.st_gid)
        os.setresuid(owner.st_uid, owner.st_uid, owner.st_uid)
        target.parent.mkdir(mode=0o750, exist_ok=True)
        target.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        copy = os.open(target, flags, 0o444)
        size = left = os.fstat(source).st_size
        os.posix_fallocate(copy, 0, size)
        while left and (done := os.copy_file_range(source, copy, min(left, _CHUNK))):
            left -= done
        status = 1 if left else 0
        if left:
            target.unlink()
    except OSError:
        pass
    finally:
        os._exit(status)
