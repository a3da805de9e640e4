"""Taking the inputs of an earlier start over into a new upload, if they are still what was sent."""

import errno
import os
import shutil
from pathlib import Path

from allgo_hpc.errors import Conflict
from allgo_hpc.models import JobInput
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.staging import Staging

_CHUNK = 64 * 1024 * 1024
_NOT_BY_THE_KERNEL = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
_SOMETHING_ELSE = {errno.ELOOP, errno.EACCES, errno.EPERM, errno.ENXIO}
"""What opening a link, a file of another user's or a socket gives, that an app put in an input's place."""


def take_over(folder: Path, one: JobInput, staging: Staging, *, field: str = "job_id") -> None:
    """Copy one input out of a job folder into an upload; ``field`` is where the job was named.

    Raises:
        Conflict: it is not there any more, or is not what was sent: the app changed it.
        StorageFull: there is no room for it.
    """
    try:
        descriptor = os.open(folder / one.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Conflict(
            f"the input '{one.name}' is not there any more: send it again", field=field, code="inputs_gone"
        ) from error
    except OSError as error:
        if error.errno in _SOMETHING_ELSE:
            raise _changed(one, field) from error
        raise
    try:
        _check_unchanged(descriptor, one, field)
        with staging.new_file(one.name, field=field) as target:
            staging.count(one.size, field=field)
            with storage_errors():
                copy_by_kernel(descriptor, target.fileno(), one.size)
        _check_unchanged(descriptor, one, field)  # the job may still be running
    finally:
        os.close(descriptor)


def _check_unchanged(descriptor: int, one: JobInput, field: str) -> None:
    status = os.fstat(descriptor)
    if (status.st_size, status.st_ctime_ns) != (one.size, one.changed_ns):
        raise _changed(one, field)


def _changed(one: JobInput, field: str) -> Conflict:
    return Conflict(
        f"the app changed its input '{one.name}' while it ran: send it again with this request",
        field=field,
        code="inputs_changed",
    )


def copy_by_kernel(source: int, target: int, size: int) -> None:
    """Copy by the kernel, which shares the blocks where the file system can."""
    left = size
    try:
        while left and (copied := os.copy_file_range(source, target, min(left, _CHUNK))):
            left -= copied
    except OSError as error:
        if error.errno not in _NOT_BY_THE_KERNEL:
            raise
    if left:
        with os.fdopen(os.dup(source), "rb") as reader, os.fdopen(os.dup(target), "wb") as writer:
            shutil.copyfileobj(reader, writer, _CHUNK)
