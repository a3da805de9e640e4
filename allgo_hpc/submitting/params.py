"""The param string of a job: split into the words that the app gets, or refused."""

import shlex
import unicodedata

from allgo_hpc.errors import BadInput

FIELD = "job[param]"


def split_param(text: str, *, most_bytes: int) -> list[str]:
    """Split a param string into words by the shell's quoting rules; nothing is expanded, nothing is run.

    Raises:
        BadInput: unbalanced quotes, a control character, or more bytes than ``most_bytes``.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise BadInput(f"{FIELD} has {size} bytes; the limit is {most_bytes}", field=FIELD)
    for position, character in enumerate(text, 1):
        if unicodedata.category(character) in {"Cc", "Cs"} and character != "\t":
            raise BadInput(
                f"{FIELD} holds the control character U+{ord(character):04X} at position {position}; remove it",
                field=FIELD,
            )
    try:
        return shlex.split(text)
    except ValueError as error:
        what = "ends with a lone backslash" if "escaped" in str(error) else "has a quote that is not closed"
        raise BadInput(f"{FIELD} {what}; to give a quote itself, write \\\" or \\'", field=FIELD) from error


def encode_words(words: list[str]) -> bytes:
    """Return the words as the batch script reads them: UTF-8, each ended by NUL."""
    return b"".join(word.encode() + b"\0" for word in words)
