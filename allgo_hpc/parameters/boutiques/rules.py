"""What a Boutiques descriptor may be, as far as it is about inputs: types, what needs what. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from allgo_hpc.errors import BadInput

SCHEMA_VERSION = "0.5"
TYPES = ("String", "File", "Flag", "Number")
FIELD = "descriptor"
MOST_INPUTS = 1000
_ID = re.compile(r"[0-9A-Za-z_,]{1,256}")
_TEXT, _BOOL, _NUMBER, _LIST, _OBJECT = (str,), (bool,), (int, float), (list,), (dict,)
_TOP = {
    "name": _TEXT, "tool-version": _TEXT, "description": _TEXT, "command-line": _TEXT, "schema-version": _TEXT,
    "inputs": _LIST,
}  # fmt: skip
INPUT_KEYS: dict[str, tuple[type, ...]] = {
    "id": _TEXT, "name": _TEXT, "type": _TEXT, "description": _TEXT, "value-key": _TEXT, "list": _BOOL,
    "list-separator": _TEXT, "optional": _BOOL, "command-line-flag": _TEXT, "requires-inputs": _LIST,
    "disables-inputs": _LIST, "command-line-flag-separator": _TEXT, "default-value": (object,),
    "value-choices": _LIST, "value-requires": _OBJECT, "value-disables": _OBJECT, "integer": _BOOL,
    "minimum": _NUMBER, "maximum": _NUMBER, "exclusive-minimum": _BOOL, "exclusive-maximum": _BOOL,
    "min-list-entries": _NUMBER, "max-list-entries": _NUMBER, "uses-absolute-path": _BOOL,
}  # fmt: skip
_ONLY = {
    "integer": ("Number",), "minimum": ("Number",), "maximum": ("Number",), "uses-absolute-path": ("File",),
    "value-choices": ("String", "Number"),
}  # fmt: skip
_NEEDS = {
    "command-line-flag-separator": "command-line-flag", "min-list-entries": "list", "max-list-entries": "list",
    "list-separator": "list", "exclusive-minimum": "minimum", "exclusive-maximum": "maximum",
    "value-disables": "value-choices", "value-requires": "value-choices",
}  # fmt: skip
_WORDS: dict[tuple[type, ...], str] = {
    _TEXT: "a text", _BOOL: "true or false", _NUMBER: "a number", _LIST: "a list", _OBJECT: "an object",
}  # fmt: skip


def check_descriptor(descriptor: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the inputs of a descriptor, each right by the rules.

    Raises:
        BadInput: it is no descriptor; the sentence names the part.
    """
    for key, kinds in _TOP.items():
        if key not in descriptor:
            raise _wrong(f"'{key}' is missing")
        _check_type(key, descriptor[key], kinds, "")
        if not descriptor[key]:
            raise _wrong(f"'{key}' is empty")
    if descriptor["schema-version"] != SCHEMA_VERSION:
        raise _wrong(f"'schema-version' must be '{SCHEMA_VERSION}'")
    inputs: list[Any] = descriptor["inputs"]
    if len(inputs) > MOST_INPUTS:
        raise _wrong(f"it has {len(inputs)} inputs; the limit is {MOST_INPUTS}")
    seen: set[str] = set()
    for number, one in enumerate(inputs, 1):
        _check_input(one, f"input {number}: ")
        if one["id"] in seen:
            raise _wrong(f"input {number}: the id '{one['id']}' is there twice")
        seen.add(one["id"])
    return inputs


def _check_input(one: Any, place: str) -> None:  # noqa: ANN401
    if type(one) is not dict:
        raise _wrong(f"{place}it must be an object")
    for key in ("id", "name", "type"):
        if key not in one:
            raise _wrong(f"{place}'{key}' is missing")
    _check_keys(one, place)
    if not _ID.fullmatch(one["id"]) or not one["name"]:
        raise _wrong(f"{place}'id' must be letters, digits and '_', 'name' not empty")
    if one["type"] not in TYPES:
        raise _wrong(f"{place}'type' must be one of {', '.join(TYPES)}")
    _check_together(one, place)


def _check_keys(one: Mapping[str, Any], place: str) -> None:
    for key, value in one.items():
        if key not in INPUT_KEYS:
            shown = key[:64] if key.isprintable() else "(what was sent)"
            raise _wrong(f"{place}there is no '{shown}' in Boutiques {SCHEMA_VERSION}")
        _check_type(key, value, INPUT_KEYS[key], place)


def _check_together(one: Mapping[str, Any], place: str) -> None:
    """Check what is for one type only, and what makes sense with another part only."""
    for key, kinds in _ONLY.items():
        if key in one and one["type"] not in kinds:
            raise _wrong(f"{place}'{key}' is for {' and '.join(kinds)} only")
    for key, other in _NEEDS.items():
        if key in one and other not in one:
            raise _wrong(f"{place}'{key}' needs '{other}'")
    if one["type"] == "Flag" and (one.get("list") or not one.get("command-line-flag")):
        raise _wrong(f"{place}a Flag has a 'command-line-flag' and is no list")


def _check_type(key: str, value: Any, kinds: tuple[type, ...], place: str) -> None:  # noqa: ANN401
    if kinds != (object,) and type(value) not in kinds:
        raise _wrong(f"{place}'{key}' must be {_WORDS[kinds]}")


def _wrong(sentence: str) -> BadInput:
    return BadInput(f"the descriptor: {sentence}", field=FIELD)
