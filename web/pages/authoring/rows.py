"""Rows of a form: presets and parameters as texts, moved, added, removed, and read as the domain takes them. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from web.pages.authoring.fields import number_of, one_line_ends

type Row = dict[str, str]

PRESET_KEYS = ("name", "param", "explanation")
PARAMETER_KEYS = ("name", "type", "option", "default", "min", "max", "integer", "choices", "required", "help")
MOST_ROWS = 200
"""More than may be saved: the domain says how many."""
_FIELD = re.compile(r"row-([0-9]{1,3})-([a-z]+)")
_BUTTON = re.compile(r"(up|down|remove)-([0-9]{1,3})")


def rows_of(form: Mapping[str, str], keys: Sequence[str]) -> list[Row]:
    """Return the rows that a form holds, in the order of their numbers."""
    found: dict[int, Row] = {}
    for name in form:
        match = _FIELD.fullmatch(name)
        if match and match[2] in keys and int(match[1]) < MOST_ROWS:
            found.setdefault(int(match[1]), dict.fromkeys(keys, ""))[match[2]] = one_line_ends(form[name])
    return [found[number] for number in sorted(found)]


def pressed(rows: Sequence[Row], button: str, keys: Sequence[str]) -> list[Row]:
    """Return the rows as a button leaves them: ``add``, ``up-2``, ``down-0``, ``remove-1``; others change nothing."""
    made = list(rows)
    if button == "add" and len(made) < MOST_ROWS:
        return [*made, dict.fromkeys(keys, "") | ({"type": "text"} if "type" in keys else {})]
    match = _BUTTON.fullmatch(button)
    if match is None or int(match[2]) >= len(made):
        return made
    what, at = match[1], int(match[2])
    row = made.pop(at)
    if what != "remove":
        made.insert(max(0, at - 1) if what == "up" else at + 1, row)
    return made


def row_of_table(table: Mapping[str, Any], keys: Sequence[str]) -> Row:
    """Return a stored preset or parameter as texts."""
    return {key: _text(table.get(key)) for key in keys}


def preset_of_row(row: Row) -> dict[str, str]:
    """Return a row as the domain takes a preset."""
    return {"name": row["name"].strip(), "param": row["param"].strip("\n"), "explanation": row["explanation"].strip()}


def parameter_of_row(row: Row) -> dict[str, Any]:
    """Return a row as the domain takes a parameter; fields that its type does not have are left out."""
    kind = row["type"] or "text"
    made: dict[str, Any] = {
        "name": row["name"].strip(),
        "type": kind,
        "option": row["option"].strip(),
        "help": " ".join(row["help"].split()),
    }
    if kind != "flag":
        made["required"] = bool(row["required"])
    if kind == "number":
        made["integer"] = bool(row["integer"])
        made |= {key: number_of(row[key]) for key in ("min", "max") if row[key].strip()}
    if kind == "choice":
        made["choices"] = [line.strip() for line in row["choices"].split("\n") if line.strip()]
    if kind == "flag":
        made |= {"default": True} if row["default"] else {}
    elif kind != "file" and row["default"].strip():
        made["default"] = number_of(row["default"]) if kind == "number" else row["default"].strip()
    return made


def _text(value: Any) -> str:  # noqa: ANN401  # what JSON can tell
    match value:
        case None | False:
            return ""
        case True:
            return "1"
        case list():
            return "\n".join(str(each) for each in value)
        case _:
            return str(value)
