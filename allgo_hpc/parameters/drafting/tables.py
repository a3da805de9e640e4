"""One entry of a help text as a table of the parameter schema. Pure."""

import re
from typing import Any

from allgo_hpc.parameters.drafting.lines import Entry

# An option with what its value is called: `-n NOISE`, `--noise INTEGER RANGE`, `--mode {a,b}`, `--kind [a|b]`.
_OPTION = re.compile(
    r"(?:^|[ ,/|])(?P<option>--?[A-Za-z0-9][A-Za-z0-9._+-]*)"
    r"(?:[ =](?P<value>\{[^}]*\}|\[[^\]]*\]|<[^>]*>|[^-\s,/][^,]*))?"
)
_CHOICES = re.compile(r"\{(?P<argparse>[^{}]+)\}|\[(?P<click>[^\[\]]*\|[^\[\]]*)\]")
_DEFAULT = re.compile(r"[\[(;][^\])]*?\bdefault:? ?(?P<value>[^\]);]*)[^\])]*[\])]", re.IGNORECASE)
_LEAST = (re.compile(r"(-?[0-9.]+)<=?x"), re.compile(r"\bx>=?(-?[0-9.]+)"))
_MOST = (re.compile(r"\bx<=?(-?[0-9.]+)"),)
_REQUIRED = re.compile(r"[\[;] ?required\]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
_WHOLE_WORDS = frozenset({"INT", "INTEGER"})
_NUMBER_WORDS = frozenset({"FLOAT", "NUMBER", "DOUBLE"})
_FILE_WORDS = frozenset({"FILE", "FILENAME", "PATH", "INFILE"})
_NOT_PARAMETERS = frozenset({"-h", "--help", "--version", "-V", "--install-completion", "--show-completion"})


def table_of(entry: Entry) -> dict[str, Any] | None:
    """Return the table of an entry; None for what is no parameter, such as ``--help``."""
    return _alone(entry) if entry.alone else _option(entry)


def _option(entry: Entry) -> dict[str, Any] | None:
    spelled = list(_OPTION.finditer(entry.head))
    options = [each["option"] for each in spelled]
    if not options or set(options) & _NOT_PARAMETERS:
        return None
    option = next((each for each in options if each.startswith("--")), options[0])
    value = next((each["value"].strip() for each in spelled if each["value"]), "")
    table = {"name": option.lstrip("-"), "option": option, "help": entry.told}
    if not value:
        return table | {"type": "flag"}
    return table | _typed(value, entry.told) | {"required": bool(_REQUIRED.search(entry.told))}


def _alone(entry: Entry) -> dict[str, Any] | None:
    name = entry.head.strip("[]. ").split(" ")[0].strip("{}[].")
    if not name:
        return None
    return {"name": name, "help": entry.told, "required": not entry.head.startswith("[")} | _typed(
        entry.head, entry.told
    )


def _typed(value: str, told: str) -> dict[str, Any]:
    """Return type, limits, choices and default by what a value is called and what is said of it."""
    choices = _CHOICES.search(value)
    word = value.upper().removesuffix(" RANGE").strip("<>[]. ").split(" ")[0]
    found = _DEFAULT.search(told)
    default = found["value"].strip().strip("'\"") if found is not None else ""
    if choices is not None:
        listed = [each.strip() for each in (choices["argparse"] or choices["click"]).replace("|", ",").split(",")]
        return {"type": "choice", "choices": listed} | ({"default": default} if default in listed else {})
    if word in _FILE_WORDS:
        return {"type": "file"}
    # argparse does not say what type a value has; a default that is a number does.
    if word in _WHOLE_WORDS | _NUMBER_WORDS or _NUMBER.fullmatch(default):
        limits = {"min": _first(_LEAST, told), "max": _first(_MOST, told), "default": _number(default)}
        return {"type": "number", "integer": word in _WHOLE_WORDS} | {
            key: limit for key, limit in limits.items() if limit is not None
        }
    return {"type": "text"} | ({"default": default} if default and default != "None" else {})


def _first(patterns: tuple[re.Pattern[str], ...], text: str) -> int | float | None:
    found = next((each for pattern in patterns if (each := pattern.search(text)) is not None), None)
    return _number(found[1]) if found is not None else None


def _number(text: str) -> int | float | None:
    if not _NUMBER.fullmatch(text):
        return None
    return int(text) if _WHOLE.fullmatch(text) else float(text)
