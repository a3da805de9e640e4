"""The binary form of SSH (RFC 4251, section 5): lengths of four bytes, then that many bytes. Pure."""

import struct


class BlobError(ValueError):
    """The bytes are cut, too many, or of another form."""


class Reader:
    """Reads one value after the other."""

    def __init__(self, blob: bytes) -> None:
        self._left = blob

    def string(self) -> bytes:
        """A string of bytes."""
        if len(self._left) < 4:  # noqa: PLR2004  # a length
            raise BlobError
        (length,) = struct.unpack(">I", self._left[:4])
        if length > len(self._left) - 4:
            raise BlobError
        value, self._left = self._left[4 : 4 + length], self._left[4 + length :]
        return value

    def text(self) -> str:
        """A string of ASCII."""
        return self.string().decode("ascii")

    def expect(self, text: str) -> None:
        """This string of ASCII and no other."""
        if self.text() != text:
            raise BlobError

    def number(self) -> int:
        """A positive number in its shortest form (``mpint``)."""
        value = self.string()
        if not value or value[0] & 0x80 or (value[0] == 0 and (len(value) == 1 or not value[1] & 0x80)):
            raise BlobError
        return int.from_bytes(value, "big")

    def end(self) -> None:
        """Nothing may be left."""
        if self._left:
            raise BlobError
