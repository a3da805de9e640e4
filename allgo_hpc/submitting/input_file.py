"""One file of an upload on its way to the disk."""

import hashlib
import os
from collections.abc import Callable

from allgo_hpc.failpoints import reach
from allgo_hpc.storage import storage_errors

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class InputFile:
    """A new file: counted, written, and hashed where that is wanted. Whoever opens it finishes or closes it.

    A form of a thousand small files opens a thousand of these: no file object of Python's, which asks for the kind and
    size of what it opens.
    """

    def __init__(self, path: str, *, count: Callable[[int], None], keep: Callable[[str], None] | None) -> None:
        """Open it.

        Args:
            path: where; nothing may be there.
            count: is told how many bytes will be written, and may refuse them.
            keep: takes the SHA-256 of a whole file, in hexadecimal digits; None where nobody wants it.

        Raises:
            OSError: it cannot be made.
        """
        self._count, self._keep = count, keep
        self._hash = hashlib.sha256() if keep else None
        self._descriptor = os.open(path, _NEW, 0o666)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write all of the data.

        Raises:
            TooLarge: the files of this upload together have more than the limit.
            StorageFull: there is no room for it.
        """
        view = memoryview(data)
        self._count(len(view))
        if self._hash is not None:
            self._hash.update(view)
        with storage_errors():
            while view:
                view = view[os.write(self._descriptor, view) :]

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def finish(self) -> None:
        """Close the file: it is whole.

        Raises:
            StorageFull: what was written finds no room (some file systems say so only here).
        """
        with storage_errors():
            self.close()
        reach("upload.file_written")
        if self._hash is not None and self._keep is not None:
            self._keep(self._hash.hexdigest())

    def close(self) -> None:
        """Close the file, whole or not; one that is closed is left alone."""
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)
