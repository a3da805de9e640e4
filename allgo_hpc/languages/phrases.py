"""The texts of the domain's mails in a reader's language: a gettext catalogue that needs no web application."""

from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path

TRANSLATIONS = Path(__file__).parent / "translations"


class Phrases:
    """What is said in one language; its methods have the names that the collector of texts looks for."""

    def __init__(self, catalogue: NullTranslations) -> None:
        """Take what is translated."""
        self._catalogue = catalogue

    def gettext(self, text: str, **values: object) -> str:
        """Return a text with ``%(name)s`` filled in."""
        return self._catalogue.gettext(text) % values

    def ngettext(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the text that goes with a number, which is ``%(num)s`` in it."""
        return self._catalogue.ngettext(one, many, number) % {"num": number, **values}


@lru_cache
def phrases(language: str) -> Phrases:
    """Return what is said in a language; English for one that the portal does not speak."""
    return Phrases(translation("mails", TRANSLATIONS, [language], fallback=True))
