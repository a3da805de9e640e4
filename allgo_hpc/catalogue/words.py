"""Words as people look for them: capitals and accents do not matter; pure."""

import unicodedata
from functools import lru_cache

_MOST_WORDS = 10
_LONGEST = 200
"""Characters of a search that are looked at."""


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Return a text as it is compared: small letters without accents, ``œ`` as ``oe``, ``ß`` as ``ss``."""
    if text.isascii():
        return text.lower()
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in split if not unicodedata.combining(character))
    return bare.replace("œ", "oe").replace("æ", "ae").replace("ø", "o").replace("ł", "l")


def search_words(text: str) -> list[str]:
    """Return what is looked for: each word once, in its order."""
    return list(dict.fromkeys(fold(text[:_LONGEST]).split()))[:_MOST_WORDS]
