"""Takes one piece of an upload: whatever came before the connection was cut stays, and no two pieces are mixed.

Each write looks under the lock whether it may still: a piece that is sent later takes over from one that hangs, as it
does when a lid was closed, and the one that hung is refused if it ever goes on.
"""

import base64
import hashlib
import os
import secrets
from types import TracebackType

from allgo_hpc.errors import BadInput, ChecksumMismatch, Conflict, TooLarge
from allgo_hpc.failpoints import reach
from allgo_hpc.storage import storage_errors
from allgo_hpc.uploading.place import Place, gone, read_token, write_token

ALGORITHMS = ("sha256", "sha1", "md5")
CHECKSUM = "Upload-Checksum"


class Piece:
    """One piece on its way. Use as a context manager; at its end the data is durable."""

    def __init__(
        self, place: Place, start: int, *, most: int, size: int | None, checksum: tuple[str, bytes] | None = None,
        hashing: bool = False,
    ) -> None:  # fmt: skip
        """Take where it begins.

        Args:
            place: of the upload.
            start: where the client says that the data ends now.
            most: bytes that the whole may have.
            size: that it will have, None where that is not known yet.
            checksum: of this piece: algorithm and digest.
            hashing: take the SHA-256, where this piece turns out to be the whole.
        """
        self._place, self.start, self.at = place, start, start
        self._most, self._size = most, size
        self._token = secrets.token_hex(16).encode()
        self._wanted = checksum
        self._check = hashlib.new(checksum[0], usedforsecurity=False) if checksum else None
        self._whole = hashlib.sha256() if hashing and start == 0 else None
        self._data = -1

    def __enter__(self) -> "Piece":
        """Take over the upload.

        Raises:
            Conflict: its data does not end there.
            NotFound: it was removed.
        """
        with self._place.locked() as lock:
            offset = self._place.offset()
            if offset != self.start:
                raise wrong_offset(offset)
            try:
                with storage_errors():
                    self._data = os.open(self._place.data, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
                    write_token(lock, self._token)
                    os.ftruncate(self._data, offset)  # what a killed piece left unchecked
                self._place.set_unverified(self.start if self._check else None)
            except BaseException:
                self._close()
                raise
        return self

    def write(self, data: bytes | memoryview) -> None:
        """Append the data.

        Raises:
            TooLarge: more than there is to be.
            Conflict: another piece took over.
            StorageFull: there is no room for it.
        """
        end = self.at + len(data)
        if self._size is not None and end > self._size:
            raise TooLarge(
                f"the file has {self._size} bytes (Upload-Length), and more were sent", field="Upload-Length"
            )
        if end > self._most:
            raise TooLarge(f"the file has more than {self._most} bytes, which is the limit", field="Upload-Length")
        with self._place.locked() as lock:
            self._check_mine(lock)
            view = memoryview(data)
            with storage_errors():
                while view:
                    written = os.pwrite(self._data, view, self.at)
                    for digest in (self._check, self._whole):
                        if digest is not None:
                            digest.update(view[:written])
                    self.at += written
                    view = view[written:]
        reach("piece.written")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Make durable what came; a piece whose checksum is wrong or cannot be told is dropped.

        Raises:
            ChecksumMismatch: something else came than was sent.
            NotFound: it was removed meanwhile.
        """
        try:
            with storage_errors():
                os.fsync(self._data)
            with self._place.locked() as lock:
                self._check_mine(lock)
                self._drop_unchecked(cut=error is not None)
        except Exception:
            if error is None:
                raise
        finally:
            self._close()

    def _drop_unchecked(self, *, cut: bool) -> None:
        if self._check is None or self._wanted is None:
            return
        wrong = cut or self._check.digest() != self._wanted[1]
        if wrong:
            os.ftruncate(self._data, self.start)
            self.at = self.start
        self._place.set_unverified(None)
        if wrong:
            raise ChecksumMismatch(
                "what arrived is not what was sent: its checksum is another; send it again", field=CHECKSUM
            )

    def sha256(self) -> str | None:
        """Return the hash of the whole, if this piece began it and it was asked for."""
        return self._whole.hexdigest() if self._whole is not None else None

    def _check_mine(self, lock: int) -> None:
        try:
            same = os.path.samestat(os.fstat(self._data), self._place.data.stat())
        except FileNotFoundError:
            same = False
        if not same:
            raise gone()
        if read_token(lock) != self._token or os.fstat(self._data).st_size != self.at:
            raise wrong_offset(self._place.offset())

    def _close(self) -> None:
        if self._data >= 0:
            os.close(self._data)
        self._data = -1


def read_checksum(text: str | None) -> tuple[str, bytes] | None:
    """Return algorithm and digest of the header ``Upload-Checksum``.

    Raises:
        BadInput: an algorithm that is not known here, or no digest of it.
    """
    if text is None:
        return None
    name, _, encoded = text.strip().partition(" ")
    if name not in ALGORITHMS:
        raise BadInput(f"{CHECKSUM}: the algorithm is one of {', '.join(ALGORITHMS)}", field=CHECKSUM)
    try:
        digest = base64.b64decode(encoded, validate=True)
    except ValueError:
        digest = b""
    if len(digest) != hashlib.new(name, usedforsecurity=False).digest_size:
        raise BadInput(f"{CHECKSUM}: after the algorithm comes its digest in base64", field=CHECKSUM)
    return name, digest


def wrong_offset(offset: int) -> Conflict:
    """Return what is said to somebody who would write elsewhere than at the end."""
    return Conflict(
        f"the upload ends at byte {offset} now: go on from there", field="Upload-Offset", code="wrong_offset",
        more={"offset": offset},
    )  # fmt: skip
