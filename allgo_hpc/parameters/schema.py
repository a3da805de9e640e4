"""The parameter schema (``[[parameter]]`` of app.toml): typed parameters that a param string is made of.

A form can ask for them. They describe the param string and do not limit it: the app itself decides what it takes. In
the order in which they stand, each that is given is written as its option and its value, a flag as its option alone.
"""

import re
from collections.abc import Iterator
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean
from allgo_hpc.parameters.tables import check_keys, check_number, check_tables, check_text, check_unique

TYPES = ("text", "number", "choice", "flag", "file")
MOST_PARAMETERS, MOST_CHOICES = 50, 100
LONGEST_NAME, LONGEST_VALUE, LONGEST_HELP = 64, 200, 1000
_OPTION = re.compile(r"-{0,2}[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
_KEYS = {
    "name": str, "type": str, "option": str, "default": object, "min": float, "max": float, "integer": bool,
    "choices": list, "required": bool, "help": str,
}  # fmt: skip
_ONLY = {"min": "number", "max": "number", "integer": "number", "choices": "choice"}
"""Keys that one type alone has."""


def check_parameters(tables: list[Any]) -> list[dict[str, Any]]:
    """Return the parameters, each with all keys of ``[[parameter]]``; what does not apply to it is None.

    Raises:
        BadInput: naming the key; of an unknown one what was probably meant.
    """
    made = list(_rows(tables))
    for one in made:
        if isinstance(one, BadInput):
            raise one
    return [one for one in made if isinstance(one, dict)]


def wrong_parameters(tables: list[Any]) -> dict[int, BadInput]:
    """Return what is wrong with which of them, by their place from 0: for a form that shows each beside its row.

    Raises:
        BadInput: they are no tables, or too many.
    """
    return {at: one for at, one in enumerate(_rows(tables)) if isinstance(one, BadInput)}


def _rows(tables: list[Any]) -> Iterator[dict[str, Any] | BadInput]:
    names: list[str] = []
    options: list[str] = []
    for number, table in enumerate(check_tables(tables, "parameter", MOST_PARAMETERS), 1):
        place = f"parameter {number}"
        try:
            made = _check(table, place)
            check_unique(made["name"], names, "name", place)
            if made["option"]:
                check_unique(made["option"], options, "option", place)
        except BadInput as error:
            yield error
            continue
        names.append(made["name"])
        options += [made["option"]] if made["option"] else []
        yield made


def _check(table: dict[str, Any], place: str) -> dict[str, Any]:
    check_keys({key: value for key, value in table.items() if key != "default"}, _KEYS, place)
    name = check_text(table.get("name", ""), "name", place, least=1, most=LONGEST_NAME)
    place = f"{place} ('{name}')"
    kind = table.get("type", "text")
    if kind not in TYPES:
        raise BadInput(f"{place}: there is no type '{kind}'{did_you_mean(kind, TYPES)}", field="type")
    for key, owner in _ONLY.items():
        if key in table and kind != owner:
            raise BadInput(f"{place}: '{key}' is for the type {owner}, not for {kind}", field=key)
    made = {
        "name": name,
        "type": kind,
        "option": _option(table.get("option", ""), kind, place),
        "default": None,
        "min": None,
        "max": None,
        "integer": table.get("integer", False) if kind == "number" else None,
        "choices": _choices(table.get("choices", []), place) if kind == "choice" else None,
        "required": _required(table, kind, place),
        "help": check_text(table.get("help", ""), "help", place, most=LONGEST_HELP),
    }
    if kind == "number":
        made |= _limits(table, place, whole=made["integer"])
    if "default" in table:
        made["default"] = _default(table["default"], made, place)
    return made


def _option(option: str, kind: str, place: str) -> str:
    if option and not _OPTION.fullmatch(option):
        raise BadInput(
            f"{place}: 'option' must be one word of letters, digits and . _ + -, such as -noise",
            field="option",
        )
    if kind == "flag" and not option:
        raise BadInput(f"{place}: a flag needs an 'option': that is what is written", field="option")
    return option


def _required(table: dict[str, Any], kind: str, place: str) -> bool:
    required: bool = table.get("required", False)
    if required and kind == "flag":
        raise BadInput(f"{place}: a flag cannot be required: it is given or not", field="required")
    return required


def _choices(choices: list[Any], place: str) -> list[str]:
    if not 1 <= len(choices) <= MOST_CHOICES:
        raise BadInput(f"{place}: 'choices' must list 1 to {MOST_CHOICES} texts", field="choices")
    found: list[str] = []
    for choice in choices:
        check_unique(check_text(choice, "choices", place, least=1, most=LONGEST_VALUE), found, "choices", place)
        found.append(choice)
    return found


def _limits(table: dict[str, Any], place: str, *, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        key: check_number(table[key], key, place, whole=whole) for key in ("min", "max") if key in table
    }
    if len(found) > 1 and found["min"] > found["max"]:
        raise BadInput(f"{place}: 'min' {found['min']} is above 'max' {found['max']}", field="min")
    return found


def _default(value: Any, parameter: dict[str, Any], place: str) -> str | float | bool:  # noqa: ANN401
    match parameter["type"]:
        case "number":
            number = check_number(value, "default", place, whole=parameter["integer"])
            low, high = parameter["min"], parameter["max"]
            if (low is not None and number < low) or (high is not None and number > high):
                raise BadInput(f"{place}: 'default' {number} is not between 'min' and 'max'", field="default")
            return number
        case "flag":
            if type(value) is not bool:
                raise BadInput(f"{place}: 'default' of a flag is true or false", field="default")
            return value
        case "file":
            raise BadInput(f"{place}: a file has no 'default': each job brings its own", field="default")
        case "choice":
            if value not in parameter["choices"]:
                known = ", ".join(parameter["choices"])
                raise BadInput(f"{place}: 'default' must be one of the choices: {known}"[:400], field="default")
            return str(value)
        case _:
            return check_text(value, "default", place, most=LONGEST_VALUE)
