"""What tables of parameters and presets have in common, from app.toml or a request; pure.

Known keys, right types, texts that can be shown, limits.
"""

import math
from collections.abc import Collection, Mapping
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean

_WORDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}
_LARGEST = 2**53
"""Whole numbers up to here are the same in every client that reads JSON."""


def check_tables(tables: list[Any], what: str, most: int) -> list[dict[str, Any]]:
    """Return the tables of an array such as ``[[preset]]``.

    Raises:
        BadInput: an entry is no table, or there are more than ``most``.
    """
    if len(tables) > most:
        raise BadInput(f"{len(tables)} of '{what}' are more than {most}", field=what)
    for table in tables:
        if type(table) is not dict:
            raise BadInput(f"'{what}' must be tables (in app.toml each begun with [[{what}]])", field=what)
    return tables


def check_keys(table: Mapping[str, Any], known: Mapping[str, type], place: str) -> None:
    """Check that a table has known keys only, each of its type; a float may be written as a whole number.

    Raises:
        BadInput: naming the key and, of an unknown one, what was probably meant.
    """
    for key, value in table.items():
        if key not in known:
            raise BadInput(f"{place} has an unknown key '{key}'{did_you_mean(key, known)}", field=key)
        allowed = (int, float) if known[key] is float else (known[key],)
        if type(value) not in allowed:
            raise BadInput(f"{place}: '{key}' must be {_WORDS[known[key]]}", field=key)


def check_text(text: Any, key: str, place: str, *, least: int = 0, most: int) -> str:  # noqa: ANN401
    """Return a text of one line.

    Raises:
        BadInput: it is none, is too short or too long, or holds a control or invisible character.
    """
    if type(text) is not str:
        raise BadInput(f"{place}: '{key}' must be a text", field=key)
    if not least <= len(text) <= most:
        raise BadInput(f"{place}: '{key}' has {len(text)} characters; it may have {least} to {most}", field=key)
    for character in text:
        if not character.isprintable():
            raise BadInput(
                f"{place}: '{key}' holds the control or invisible character U+{ord(character):04X}", field=key
            )
    if text != text.strip():
        raise BadInput(f"{place}: '{key}' begins or ends with a space", field=key)
    return text


def check_number(value: Any, key: str, place: str, *, whole: bool) -> int | float:  # noqa: ANN401
    """Return a number that JSON can tell.

    Raises:
        BadInput: it is none, is not finite or too large, or not whole where it must be.
    """
    if type(value) not in {int, float} or abs(value) > _LARGEST or not math.isfinite(value):
        raise BadInput(f"{place}: '{key}' must be a number from -2^53 to 2^53", field=key)
    if whole and type(value) is not int:
        raise BadInput(f"{place}: '{key}' must be a whole number, as integer = true says", field=key)
    number: int | float = value
    return number


def check_unique(text: str, taken: Collection[str], key: str, place: str) -> None:
    """Check that a name was not there before.

    Raises:
        BadInput: it was.
    """
    if text in taken:
        raise BadInput(f"{place}: '{key}' is the same as in another one: {text}", field=key)
