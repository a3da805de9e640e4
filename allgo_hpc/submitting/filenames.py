"""The names of uploaded files: one place that decides which may become a file in a job folder."""

import unicodedata

from allgo_hpc.errors import BadInput

LONGEST_BYTES = 255
"""What a name may have on Linux's file systems (limits.h NAME_MAX)."""
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories: control, format (invisible, turning the text's direction), lone surrogate, line, paragraph."""
_JOINERS = "\u200c\u200d"
"""Invisible, but letters of Persian and Hindi words and parts of emoji."""
_MOST_CHARACTERS = 3 * LONGEST_BYTES
"""More than any name has that is short enough once it is normalised: NFC leaves two bytes of three characters."""
RESERVED = frozenset({"allgo.log"})


def check_file_name(name: str, *, field: str) -> str:
    """Return the name as it will stand in the job folder (normalised to NFC), or refuse it.

    Nothing is cut or replaced: the app would otherwise get a file under a name that nobody sent.

    Raises:
        BadInput: naming ``field``, the form field that carried the file.
    """
    if len(name) > _MOST_CHARACTERS:  # before each of them is looked at
        raise BadInput(
            f"{field}: the file name has {len(name)} characters; the limit is {LONGEST_BYTES} bytes", field=field
        )
    made = name if name.isascii() and name.isprintable() else _normalised(name, field)
    shown = made if len(made) <= 80 else made[:77] + "..."  # noqa: PLR2004  # what fits into a sentence
    if made in {"", ".", ".."}:
        raise BadInput(f"{field}: '{shown}' is not a file name", field=field)
    if "/" in made or "\\" in made:
        raise BadInput(f"{field}: the file name '{shown}' holds a folder separator; send the name alone", field=field)
    size = len(made.encode())
    if size > LONGEST_BYTES:
        raise BadInput(f"{field}: the file name '{shown}' has {size} bytes; the limit is {LONGEST_BYTES}", field=field)
    if made.casefold() in RESERVED:
        raise BadInput(f"{field}: '{shown}' is the name of the job's own log; rename the file", field=field)
    return made


def _normalised(name: str, field: str) -> str:
    made = unicodedata.normalize("NFC", name)
    for character in made:
        if unicodedata.category(character) in _REFUSED and character not in _JOINERS:
            raise BadInput(f"{field}: the file name holds the invisible character U+{ord(character):04X}", field=field)
    return made
