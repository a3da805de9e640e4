"""What is said when the portal's storage takes nothing: a disk that is full or away is no fault of the program's."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from allgo_hpc.errors import StorageAway, StorageFull

_log = logging.getLogger(__name__)
_FULL = {errno.ENOSPC, errno.EDQUOT}
_AWAY = {
    errno.ENOENT, errno.EACCES, errno.EROFS, errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN,
}  # fmt: skip
"""What a file system answers that is not mounted, read-only, or whose server is away."""


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn a disk that is full or away into an answer for the sender."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(
                "the portal's storage is full; nothing was kept. Try later or tell the administrator."
            ) from error
        if error.errno in _AWAY:
            _log.error("the storage takes nothing: %s", error)
            raise StorageAway(
                "the portal's storage cannot be reached now; nothing was kept. Try again, or tell the administrator."
            ) from error
        raise
