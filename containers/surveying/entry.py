"""One file of a root file system, and how its name is shown."""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Entry:
    """One file.

    Attributes:
        path: from ``/``; bytes that are no UTF-8 are kept as lone surrogates.
        mode: the letters of ``ls`` (``-rwxr-xr-x``).
        target: where a link leads.
        owner: ``uid/gid``.
        size: bytes; of a device its numbers are not kept.
        changed: when its content was changed last, as ``2026-11-25 22:10:58`` (UTC).
    """

    path: PurePosixPath
    mode: str
    target: str = ""
    owner: str = ""
    size: int = 0
    changed: str = ""

    @property
    def is_file(self) -> bool:
        """A plain file."""
        return self.mode.startswith("-")

    @property
    def is_executable(self) -> bool:
        """Somebody may run it; root then may, too (path_resolution(7))."""
        return any(letter in "xst" for letter in self.mode[1:])


def shown(name: str) -> str:
    r"""Return a name that may be anything as one short line: what hides something becomes ``\xNN`` or ``\uNNNN``."""
    pieces: list[str] = []
    for character in name if len(name) <= _LONGEST_NAME else name[:_LONGEST_NAME] + "…":
        code = ord(character)
        if unicodedata.category(character) not in _HIDDEN:
            pieces.append(character)
        elif 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004  # one byte, kept by surrogateescape (PEP 383)
            pieces.append(f"\\x{code - 0xDC00:02x}")
        else:
            pieces.append(f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004
    return "".join(pieces)
