"""The kinds of keys that open a sandbox, and what the data of each must be. Pure."""

from collections.abc import Mapping

from containers.keys.blobs import BlobError, Reader

_CURVES: Mapping[str, tuple[str, int]] = {
    "ecdsa-sha2-nistp256": ("nistp256", 65),
    "ecdsa-sha2-nistp384": ("nistp384", 97),
    "ecdsa-sha2-nistp521": ("nistp521", 133),
}
_ED25519_BYTES = 32
_UNCOMPRESSED = 4
KINDS = frozenset(
    {"ssh-ed25519", "ssh-rsa", *_CURVES, "sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}
)


def read_blob(kind: str, blob: bytes) -> int:
    """Return the size in bits of a key of this kind, after all of its data were found to be of that kind.

    Raises:
        ValueError: they are not.
    """
    reader = Reader(blob)
    reader.expect(kind)
    bits = _read_part(kind, reader)
    reader.end()
    return bits


def _read_part(kind: str, reader: Reader) -> int:
    if kind == "ssh-rsa":
        exponent, modulus = reader.number(), reader.number()
        if exponent < 3 or exponent % 2 == 0 or modulus % 2 == 0:  # noqa: PLR2004
            raise BlobError
        return modulus.bit_length()
    security_key = kind.startswith("sk-")
    plain = kind.removeprefix("sk-").removesuffix("@openssh.com")
    if plain == "ssh-ed25519":
        if len(reader.string()) != _ED25519_BYTES:
            raise BlobError
        bits = 256
    else:
        curve, length = _CURVES[plain]
        point = (reader.text(), reader.string())
        if point[0] != curve or len(point[1]) != length or point[1][0] != _UNCOMPRESSED:
            raise BlobError
        bits = int(curve.removeprefix("nistp"))
    if security_key:
        reader.text()  # the application, such as "ssh:"
    return bits
