"""What the domain says, in a reader's language: its sentences are known again by their form (languages.sentences)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from gettext import GNUTranslations

from allgo_hpc.languages.known import ENGLISH
from allgo_hpc.languages.phrases import TRANSLATIONS

_HOLE = re.compile(r"\{(\d+)\}")
_END = re.compile(r"(?<=[.!?]) ")
_MEASURE = re.compile(r"(\d+(?:\.\d+)?) (bytes?|KB|MB|GB|TB|seconds?|minutes?|hours?|days?)")
_UNITS = {
    "fr": {
        "byte": "octet", "bytes": "octets", "KB": "Ko", "MB": "Mo", "GB": "Go", "TB": "To",
        "second": "seconde", "seconds": "secondes", "minute": "minute", "minutes": "minutes",
        "hour": "heure", "hours": "heures", "day": "jour", "days": "jours",
    }
}  # fmt: skip
_TWO = 2
_DEEPEST = 4
_LONGEST_RUN = 3
"""Sentences that one form may hold."""
_LONGEST = 2000
"""Characters: what is longer is not looked at, for each hole can be tried at each place."""


@dataclass(frozen=True)
class Sentence:
    """One form of what the domain says, and how it is said in another language."""

    form: re.Pattern[str]
    told: str
    words: int


def translate(text: str, language: str) -> str:
    """Return a sentence of the domain's in a language; as it is where its form is not known."""
    if language == ENGLISH or not text.strip():
        return text
    return _translate(text, language, _DEEPEST)


def compiled(pairs: Iterable[tuple[str, str]]) -> tuple[Sentence, ...]:
    """Return forms that can be tried, those with most words of their own first; pure.

    Args:
        pairs: the English form with ``{0}``, ``{1}`` … for what is filled in, and the same in the other language.
    """
    made = []
    for form, told in pairs:
        pieces = _HOLE.split(form)
        pattern = "".join(re.escape(piece) if at % 2 == 0 else "(.*?)" for at, piece in enumerate(pieces))
        made.append(Sentence(re.compile(pattern, re.DOTALL), told, sum(len(piece) for piece in pieces[::2])))
    return tuple(sorted(made, key=lambda sentence: -sentence.words))


def _translate(text: str, language: str, deepest: int) -> str:
    """Say sentence after sentence: the shortest run of them whose form is known, then what follows it."""
    parts = _END.split(text.strip())
    told, at = [], 0
    while at < len(parts):
        for end in range(at + 1, min(len(parts), at + _LONGEST_RUN) + 1):
            found = _one(" ".join(parts[at:end]), language, deepest)
            if found is not None:
                told.append(found)
                at = end
                break
        else:
            told.append(parts[at])
            at += 1
    lead = text[: len(text) - len(text.lstrip())]
    return lead + " ".join(told) + text[len(text.rstrip()) :]


def _one(text: str, language: str, deepest: int) -> str | None:
    """Return what one text is in a language; None where its form is not known."""
    exact, forms = _known(language)
    if text in exact:
        return exact[text]
    if language in _UNITS and _MEASURE.fullmatch(text):
        return _measure(text, language)
    if deepest and len(text) <= _LONGEST:
        for sentence in forms:
            if found := sentence.form.fullmatch(text):
                filled = [_translate(group, language, deepest - 1) for group in found.groups()]
                return _fill(sentence.told, filled)
    return None


def _measure(text: str, language: str) -> str:
    """Say a number with its unit; in French whatever is less than two of something is one."""
    number, unit = text.split(" ")
    told = _UNITS[language][unit]
    return f"{number.replace('.', ',')} {told.removesuffix('s') if float(number) < _TWO else told}"


def _fill(told: str, filled: list[str]) -> str:
    return _HOLE.sub(lambda hole: filled[int(hole[1])], told)


@lru_cache
def _known(language: str) -> tuple[dict[str, str], tuple[Sentence, ...]]:
    file = TRANSLATIONS / language / "LC_MESSAGES" / "said.mo"
    if not file.exists():
        return {}, ()
    with file.open("rb") as source:
        catalogue: dict[str, str] = GNUTranslations(source)._catalog  # type: ignore[attr-defined]
    pairs = [(form, told) for form, told in catalogue.items() if form and told]
    return (
        {form.strip(): told.strip() for form, told in pairs if not _HOLE.search(form)},
        compiled((form.strip(), told.strip()) for form, told in pairs if _HOLE.search(form)),
    )
