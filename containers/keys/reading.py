"""Reads a public key as people paste it: one line of OpenSSH's form, and nothing that sshd could read more into.

The form is that of sshd(8), "AUTHORIZED_KEYS FILE FORMAT"; the blobs are those of RFC 4253 (6.6), 5656, 8709 and
OpenSSH's PROTOCOL.u2f.
"""

import base64
import hashlib
import unicodedata
from dataclasses import dataclass

from containers.keys.kinds import KINDS, read_blob

LEAST_RSA_BITS = 3072
MOST_RSA_BITS = 16_384
LONGEST_LINE = 8192
_LONGEST_COMMENT = 100
_KNOWN = "ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, -384 or -521, sk-ssh-ed25519@openssh.com"
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


class KeyRefused(ValueError):  # noqa: N818  # says what happened
    """What was given is no public key that opens a sandbox; the sentence says why."""


@dataclass(frozen=True)
class PublicKey:
    """One key.

    Attributes:
        kind: its type, such as ``ssh-ed25519``.
        base64: its data.
        comment: what its owner calls it; plain characters only.
        bits: its size.
    """

    kind: str
    base64: str
    comment: str
    bits: int

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` shows it: ``SHA256:`` and 43 characters."""
        digest = hashlib.sha256(base64.b64decode(self.base64)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    @property
    def line(self) -> str:
        """The key as one line."""
        return f"{self.kind} {self.base64} {self.comment}".rstrip()


def read_key(text: str) -> PublicKey:
    """Read one key.

    Raises:
        KeyRefused: it is none, or one of a kind that does not open a sandbox.
    """
    if "PRIVATE KEY" in text:
        raise KeyRefused(
            "this is a private key: keep it to yourself, make a new one, and paste the file ending in .pub"
        )
    line = text.strip()
    if not line:
        raise KeyRefused("the key is empty")
    if len(line) > LONGEST_LINE:
        raise KeyRefused(f"a key has at most {LONGEST_LINE} characters")
    if "\n" in line or "\r" in line:
        raise KeyRefused("one key is one line; this has several")
    if any(unicodedata.category(character) in _INVISIBLE and character != "\t" for character in line):
        raise KeyRefused("the key holds a control character or an invisible one")
    kind, *rest = line.split(None, 2)
    _check_kind(kind)
    if not rest:
        raise KeyRefused(f"after {kind!r} the key itself is missing")
    comment = _plain(rest[1]) if len(rest) > 1 else ""
    return PublicKey(kind, rest[0], comment, _bits(kind, rest[0]))


def read_keys(text: str) -> list[PublicKey]:
    """Read several keys, one a line; empty lines and those that begin with # are passed over, the same key counts once.

    Raises:
        KeyRefused: one of them is refused; names the line.
    """
    if "PRIVATE KEY" in text:
        read_key(text)
    found: dict[str, PublicKey] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            key = read_key(line)
        except KeyRefused as cause:
            raise KeyRefused(f"line {number}: {cause}") from cause
        found.setdefault(key.base64, key)
    return list(found.values())


def _check_kind(kind: str) -> None:
    shown = kind if kind.isascii() and len(kind) <= 40 else "this"  # noqa: PLR2004
    if "-cert-v01@" in kind:
        raise KeyRefused("this is a certificate: paste the public key that it certifies")
    if kind == "ssh-dss":
        raise KeyRefused("DSA keys are too weak: make one with ssh-keygen -t ed25519")
    if kind not in KINDS:
        raise KeyRefused(f"{shown!r} is no type of key (options before the key are not taken); known are: {_KNOWN}")


def _bits(kind: str, text: str) -> int:
    """Return the key's size, after all of its blob was found to be of its kind."""
    try:
        blob = base64.b64decode(text.encode("ascii"), validate=True)
        bits = read_blob(kind, blob)
    except ValueError:
        raise KeyRefused("the key's data are damaged: copy the whole line of the file ending in .pub") from None
    if kind == "ssh-rsa" and not LEAST_RSA_BITS <= bits <= MOST_RSA_BITS:
        raise KeyRefused(f"an RSA key must have {LEAST_RSA_BITS} to {MOST_RSA_BITS} bits, this has {bits}")
    if base64.b64encode(blob).decode() != text:
        raise KeyRefused("the key's data are damaged: copy the whole line of the file ending in .pub")
    return bits


def _plain(comment: str) -> str:
    """A comment is shown on pages and written to a file: printable ASCII, one space between words, not long."""
    spaced = " ".join(comment.split())
    kept = "".join(character if character.isascii() and character.isprintable() else "?" for character in spaced)
    return kept[:_LONGEST_COMMENT].rstrip()
