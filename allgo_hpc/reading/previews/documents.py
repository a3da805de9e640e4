"""Whether a PDF only shows something, or also does something when it is opened: scripts, forms that are sent, programs.

A browser's viewer runs a document's scripts. They reach nothing of the portal's, but they can ask the reader questions
in its name; so a document that has any is for downloading. What is looked for here is what usual programs write; a file
made to hide its script from this gets no further than such a question.
"""

import re
import zlib
from collections.abc import Iterator

LARGEST = 16 * 1024 * 1024
"""Bytes of a document that is looked through."""
_UNPACKED = 64 * 1024 * 1024
_ACTIVE = re.compile(
    rb"/(?:JS|JavaScript|Launch|SubmitForm|ImportData|RichMedia|XFA|Rendition|Movie|GoToR|GoToE|Encrypt)(?![A-Za-z0-9])"
)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"stream\r?\n")
_HIDING = re.compile(
    rb"/(?:ASCIIHexDecode|AHx|ASCII85Decode|A85|LZWDecode|LZW|RunLengthDecode|RL|Crypt)(?![A-Za-z0-9])"
)
_PACKED_OBJECTS = re.compile(rb"/ObjStm(?![A-Za-z0-9])")


def is_passive(data: bytes) -> bool:
    """Return whether a whole PDF has nothing in it that acts; false also where that cannot be told."""
    if len(data) > LARGEST or _acts(data):
        return False
    plain = _plain_names(data)
    if _PACKED_OBJECTS.search(plain) and _HIDING.search(plain):
        return False
    left = _UNPACKED
    for part in _unpacked(data):
        left -= len(part)
        if left < 0 or _acts(part):
            return False
    return True


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Give what the compressed streams hold; one that is none gives nothing."""
    for found in _STREAM.finditer(data):
        try:
            yield zlib.decompressobj().decompress(data[found.end() :], _UNPACKED)
        except zlib.error:
            continue


def _acts(part: bytes) -> bool:
    return _ACTIVE.search(_plain_names(part)) is not None


def _plain_names(part: bytes) -> bytes:
    """Return it with the characters that a name may write as two hexadecimal digits."""
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), part)
