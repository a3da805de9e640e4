"""Public SSH keys as people paste them: one line of an ``id_….pub`` file, and nothing that could be more. Pure."""

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from containers.errors import ContainerError

LONGEST = 16_384
LONGEST_COMMENT = 200
LEAST_RSA_BITS, MOST_RSA_BITS = 3072, 16_384
# Type, bits of its curve (https://www.iana.org/assignments/ssh-parameters and OpenSSH's PROTOCOL.u2f).
_CURVES = {
    "ssh-ed25519": 256,
    "ecdsa-sha2-nistp256": 256,
    "ecdsa-sha2-nistp384": 384,
    "ecdsa-sha2-nistp521": 521,
    "sk-ssh-ed25519@openssh.com": 256,
    "sk-ecdsa-sha2-nistp256@openssh.com": 256,
}
KINDS = ("ssh-rsa", *_CURVES)
_ED25519_BYTES = 32


class KeyRefused(ContainerError):  # noqa: N818  # says what happened
    """A text is no public key that is let in."""


@dataclass(frozen=True)
class SshKey:
    """A public key.

    Attributes:
        type: as the key itself says, such as ``ssh-ed25519``.
        blob: the key in base64; ``type blob`` is a whole line of authorized_keys.
        comment: what its owner calls it; may be empty.
        fingerprint: ``SHA256:…``, as ssh-keygen shows it.
        bits: its length.
    """

    type: str
    blob: str
    comment: str
    fingerprint: str
    bits: int


def read_key(text: str) -> SshKey:
    """Return the key of one line ``type base64 [comment]``.

    Raises:
        KeyRefused: it is no such line, or a kind or length that is not let in; the sentence says which.
    """
    if len(text) > LONGEST:
        raise KeyRefused(f"the key has {len(text)} characters; the limit is {LONGEST}")
    if "PRIVATE KEY" in text:
        raise KeyRefused(
            "this is a private key: keep it to yourself, and give the public one (the file ending in .pub)"
        )
    line = text.strip(" \t\r\n")
    if not line.isprintable() and "\n" in line:
        raise KeyRefused("one key at a time, on one line")
    if not line.isprintable():
        raise KeyRefused("the key holds a control or invisible character")
    kind, _, rest = line.partition(" ")
    blob, _, comment = rest.strip().partition(" ")
    if kind in {"ssh-dss", "ssh-dsa"}:
        raise KeyRefused("DSA keys are not taken; make one by: ssh-keygen -t ed25519")
    if "-cert-v0" in kind:
        raise KeyRefused("certificates are not taken; give the plain public key")
    if kind not in KINDS:
        raise KeyRefused(f"a line of a public key begins with one of {', '.join(KINDS)}; options are not taken")
    comment = comment.strip()
    if len(comment) > LONGEST_COMMENT:
        raise KeyRefused(f"the comment has {len(comment)} characters; the limit is {LONGEST_COMMENT}")
    data = _decoded(blob)
    bits = _bits(kind, data)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return SshKey(kind, blob, comment, f"SHA256:{digest}", bits)


def _decoded(blob: str) -> bytes:
    try:
        data = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    # Another spelling of the same bytes would be another line.
    if not data or base64.b64encode(data).decode() != blob:
        raise KeyRefused("the second word is not a key in base64: copy the whole line of the .pub file")
    return data


def _bits(kind: str, data: bytes) -> int:
    """Return the key's length; every part must be there, and nothing after them (RFC 4253 6.6, RFC 5656, RFC 8709)."""
    parts = _parts(data)
    if not parts or parts[0] != kind.encode():
        raise KeyRefused("the key is cut off, or is not of the kind that its line says")
    if kind == "ssh-rsa":
        return _rsa_bits(parts)
    security_key = kind.startswith("sk-")  # its application, such as b"ssh:", comes last
    curve = kind.removeprefix("sk-").removesuffix("@openssh.com").rpartition("-")[2].encode()
    wanted = [_CURVES[kind] // 8 + (_CURVES[kind] % 8 > 0)]
    if "ecdsa" in kind:
        right = len(parts) == 3 + security_key and parts[1] == curve and len(parts[2]) == 2 * wanted[0] + 1
        right = right and parts[2][:1] == b"\x04"  # an uncompressed point, as OpenSSH writes it
    else:
        right = len(parts) == 2 + security_key and len(parts[1]) == _ED25519_BYTES
    if not right:
        raise KeyRefused("the key is cut off, or its parts are not those of its kind")
    return _CURVES[kind]


def _rsa_bits(parts: list[bytes]) -> int:
    if len(parts) != 3 or not parts[1] or not parts[2]:  # noqa: PLR2004  # kind, exponent, modulus
        raise KeyRefused("the key is cut off, or its parts are not those of an RSA key")
    exponent, modulus = (int.from_bytes(part, "big", signed=True) for part in parts[1:])
    if exponent < 3 or exponent % 2 == 0 or modulus < 0 or modulus % 2 == 0:  # noqa: PLR2004
        raise KeyRefused("these are not the numbers of an RSA key")
    bits = modulus.bit_length()
    if not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS:
        raise KeyRefused(f"the RSA key has {bits} bits; it must have {LEAST_RSA_BITS} to {MOST_RSA_BITS}")
    return bits


def _parts(data: bytes) -> list[bytes]:
    """Return the strings that a key is made of; none where they do not fill it."""
    found, at = [], 0
    while at < len(data):
        if at + 4 > len(data):
            return []
        (length,) = struct.unpack_from(">I", data, at)
        if at + 4 + length > len(data):
            return []
        found.append(data[at + 4 : at + 4 + length])
        at += 4 + length
    return found
