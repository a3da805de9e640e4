"""The one place that decides which paths may stand on Apptainer's command line or in its definition files."""

import re
import unicodedata
from pathlib import PurePath

# Control, format (bidirectional marks, zero width), lone surrogates (bytes that are no UTF-8), line and paragraph ends.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PLAIN = re.compile(r"[A-Za-z0-9_./+@=-]+")


def check_path(what: str, path: PurePath) -> str:
    """Return the path's text, unless it is relative, climbs, or holds a control or invisible character.

    Args:
        what: what the path is, for the message.
        path: the path.

    Raises:
        ValueError: with a sentence that says what is wrong.
    """
    text = str(path)
    plain = text.isprintable()  # none of those categories is; the time of a look at each character matters
    for position, character in enumerate("" if plain else text):
        if unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise ValueError(f"{what} holds the character U+{ord(character):04X} at position {position}")
    if not path.is_absolute() or ".." in path.parts:
        raise ValueError(f"{what} must be an absolute path without '..', not {text!r}")
    return text


def check_plain_path(what: str, path: PurePath) -> str:
    """Return the path's text if nothing in it can mean anything to Apptainer but a path.

    For places where Apptainer knows no quoting: ``From:`` and ``%files`` of a definition file, ``--bind``.

    Raises:
        ValueError: with a sentence that says what is allowed.
    """
    text = check_path(what, path)
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{what} may hold only letters, digits and _ . / + @ = -, not {text!r}")
    return text
