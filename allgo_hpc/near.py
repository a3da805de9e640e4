"""Unknown words are refused with the word that was probably meant."""

import difflib
from collections.abc import Iterable

_MOST = 20
"""Words of the list."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` with the nearest known word, or the list of them where none is near."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"; did you mean '{near[0]}'?"
    more = ", …" if len(words) > _MOST else ""
    return f"; known: {', '.join(words[:_MOST])}{more}" if words else ""
