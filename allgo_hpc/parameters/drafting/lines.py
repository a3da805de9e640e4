"""The lines of a help text, as argparse and click lay them out: sections, entries, what is said of each. Pure."""

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"(?P<indent> {1,12})(?P<head>\S(?:[^\t ]| (?! ))*)(?: {2,}(?P<told>\S.*))?")
_SECTION = re.compile(r"(?P<title>\S[^:]*):")
_ALONE = re.compile(r"(positional )?arguments", re.IGNORECASE)
_USAGE = re.compile(r"^ *usage: +\S+ +(?P<words>.*\[OPTIONS\].*)$", re.IGNORECASE | re.MULTILINE)
_ARGUMENT = re.compile(r"\[?[A-Z][A-Z0-9_]*\]?(\.\.\.)?")
_NOT_ARGUMENTS = frozenset({"[OPTIONS]", "COMMAND", "COMMAND1", "[ARGS]..."})
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Entry:
    """One entry: whether it stands alone (has no option), how it is written, what is said of it."""

    alone: bool
    head: str
    told: str


def read_entries(text: str) -> list[Entry]:
    """Return the entries of all sections; arguments that click names in its usage only come last."""
    plain = _COLOUR.sub("", text).replace("\r\n", "\n").expandtabs()
    found: list[tuple[bool, str, list[str]]] = []
    alone, indent = False, 0
    for line in (each.rstrip() for each in plain.split("\n")):
        section, entry = _SECTION.fullmatch(line), _ENTRY.fullmatch(line)
        if section is not None:
            alone, indent = bool(_ALONE.fullmatch(section["title"])), 0
        elif entry is not None and (entry["head"].startswith("-") or (alone and indent in {0, len(entry["indent"])})):
            indent = len(entry["indent"])
            found.append((not entry["head"].startswith("-"), entry["head"], [entry["told"] or ""]))
        elif found and indent and line.startswith(" " * (indent + 2)):
            found[-1][2].append(line.strip())
        elif line and not line.startswith(" "):
            alone, indent = False, 0
    entries = [Entry(one, head, " ".join(filter(None, told))) for one, head, told in found]
    return entries if any(one.alone for one in entries) else [*entries, *_of_usage(plain)]


def _of_usage(text: str) -> list[Entry]:
    usage = _USAGE.search(text)
    words = usage["words"].split() if usage is not None else []
    return [Entry(True, word, "") for word in words if _ARGUMENT.fullmatch(word) and word not in _NOT_ARGUMENTS]
