"""Every text that the sources show or say is in every language, whole: ``scripts/translate`` collects them."""

import io
import re
import runpy
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from allgo_hpc.languages import ENGLISH, LANGUAGES
from allgo_hpc.languages.phrases import TRANSLATIONS
from allgo_hpc.languages.said import translate

TOP = Path(__file__).parents[4]
TOOLS = TOP / "scripts" / "translate.d"
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "_l": None, "lazy_gettext": None, "ngettext": (1, 2)}
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
DOMAINS = ["messages", "mails", "said"]
HOLE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _file(language: str, domain: str, ending: str) -> Path:
    """Where a catalogue lies: what the domain says lies with the domain."""
    top = TOP / "web" / "translations" if domain == "messages" else TRANSLATIONS
    return top / language / "LC_MESSAGES" / f"{domain}{ending}"


def _catalogue(language: str, domain: str) -> Catalog:
    with _file(language, domain, ".po").open("rb") as file:
        return read_po(file, locale=language)


def _texts(catalogue: Catalog) -> set[str]:
    return {message.id if isinstance(message.id, str) else message.id[0] for message in catalogue if message.id}


def _collected(mapping: str) -> set[str]:
    methods, options = parse_mapping_cfg(io.StringIO((TOOLS / mapping).read_text()))
    found = extract_from_dir(TOP, methods, options, KEYWORDS, directory_filter=lambda path: "tests" not in path)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", OTHERS)
def test_what_pages_show_is_there(language: str) -> None:
    assert _texts(_catalogue(language, "messages")) == _collected("babel.cfg")


@pytest.mark.parametrize("language", OTHERS)
def test_what_mails_say_is_there(language: str) -> None:
    assert _texts(_catalogue(language, "mails")) == _collected("mails.cfg")


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_domain_says_is_there(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TOP)
    said = runpy.run_path(str(TOOLS / "said.py"))["catalogue"](TOP)
    assert _texts(_catalogue(language, "said")) == _texts(said)


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_each_is_translated_with_what_is_filled_in(language: str, domain: str) -> None:
    for message in _catalogue(language, domain):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        told = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(told), f"not translated: {message.id!r}"
        assert not message.fuzzy
        for text in told:
            assert set(HOLE.findall(text)) <= set(HOLE.findall(" ".join(ids))), message.id
        assert set(HOLE.findall(told[-1])) == set(HOLE.findall(ids[-1])), message.id


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("language", OTHERS)
def test_what_is_compiled_is_what_is_written(language: str, domain: str) -> None:
    with _file(language, domain, ".mo").open("rb") as file:
        compiled: dict[Any, str] = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    compiled.pop("")  # the time of the last change
    written: dict[Any, str] = {}
    for message in _catalogue(language, domain):
        if isinstance(message.id, tuple):
            written |= {(message.id[0], form): text for form, text in enumerate(message.string)}
        elif message.id:
            written[message.id] = str(message.string)
    assert compiled == written, "run scripts/translate"


def test_a_refusal_with_a_near_miss_in_french() -> None:
    told = translate("job[queue]: there is no queue 'standart'; did you mean 'standard'?", "fr")
    assert "vouliez-vous dire" in told
    assert "standart" in told
