"""The one place that decides which text may reach a script or a command line, and how it is quoted."""

import re
import shlex
import unicodedata

# Control, format (bidirectional marks, zero width), lone surrogates (bytes that are no UTF-8), line and paragraph ends.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LABEL = re.compile(r"[A-Za-z0-9._-]+")


def refuse_controls(what: str, text: str) -> str:
    """Return ``text``, unless it holds a control or invisible character.

    Args:
        what: what the text is, for the message.
        text: the text.

    Raises:
        ValueError: naming the first such character and its position. A newline in a script's directive makes what
            follows another directive; a NUL cuts an argument.
    """
    if text.isprintable():  # none of those categories is; the time of a look at each character matters to a submission
        return text
    for position, character in enumerate(text):
        if unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise ValueError(f"{what} holds the character U+{ord(character):04X} at position {position}")
    return text


def check_label(what: str, text: str, *, longest: int, also: str = "") -> str:
    """Return ``text`` if it is 1 to ``longest`` characters out of ``A-Za-z0-9._-`` (and those in ``also``).

    Raises:
        ValueError: with a sentence that says what is allowed.
    """
    plain = text.translate({ord(character): None for character in also})
    if not 0 < len(text) <= longest or not _LABEL.fullmatch(plain):
        raise ValueError(f"{what} must be 1 to {longest} characters out of A-Z a-z 0-9 . _ - {also}".rstrip())
    return text


def quote(what: str, text: str) -> str:
    """Return ``text`` as one word of a shell script.

    Raises:
        ValueError: when the text holds a control character (see ``refuse_controls``).
    """
    return shlex.quote(refuse_controls(what, text))
