"""An app's parameters from a Boutiques descriptor, and what of it has no counterpart here. Pure."""

import math
import re
from collections.abc import Mapping
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.parameters.boutiques.rules import FIELD, check_descriptor
from allgo_hpc.parameters.schema import LONGEST_HELP, check_parameters

_TAKEN = {"name", "description", "tool-version", "schema-version", "command-line", "inputs"}
_NO_COUNTERPART = (
    "list", "list-separator", "requires-inputs", "disables-inputs", "value-requires", "value-disables",
    "exclusive-minimum", "exclusive-maximum", "min-list-entries", "max-list-entries", "uses-absolute-path",
)  # fmt: skip
_KINDS = {"String": "text", "Number": "number", "Flag": "flag", "File": "file"}


def read_descriptor(descriptor: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the parameters, in the order of the command line, and a sentence for each part that is left out.

    Raises:
        BadInput: it is no descriptor, or a parameter made from it is none here; the sentence names the part.
    """
    inputs = check_descriptor(descriptor)
    left_out = [
        f"'{key[:64] if key.isprintable() else '?'}': has no counterpart here"
        for key in descriptor
        if key not in _TAKEN
    ]
    command: str = descriptor["command-line"]
    places = {one["id"]: _place(command, one.get("value-key", "")) for one in inputs}
    tables = []
    for one in sorted(inputs, key=lambda each: (places[each["id"]], inputs.index(each))):
        if places[one["id"]] == math.inf:
            left_out.append(f"input '{one['id']}': its value-key is not in the command line")
            continue
        tables.append(_table(one, left_out))
    left_out += _fixed_words(command, [one["value-key"] for one in inputs if one.get("value-key")])
    try:
        return check_parameters(tables), left_out
    except BadInput as error:
        raise BadInput(f"the descriptor: {error}", field=FIELD) from error


def _place(command: str, key: str) -> float:
    at = command.find(key) if key else -1
    return at if at >= 0 else math.inf


def _table(one: Mapping[str, Any], left_out: list[str]) -> dict[str, Any]:
    place = f"input '{one['id']}'"
    kind = _KINDS[one["type"]]
    choices = one.get("value-choices")
    table: dict[str, Any] = {"name": one["name"].strip(), "type": kind}
    if choices is not None and kind == "text" and all(type(each) is str for each in choices):
        table |= {"type": "choice", "choices": choices}
    elif choices is not None:
        left_out.append(f"{place}: 'value-choices' that are numbers have no counterpart here")
    left_out += [f"{place}: '{key}' has no counterpart here" for key in _NO_COUNTERPART if one.get(key)]
    if one.get("command-line-flag-separator", " ") != " ":
        left_out.append(f"{place}: its option and value are written as two words, without a separator of its own")
    if one.get("command-line-flag"):
        table["option"] = one["command-line-flag"]
    if kind == "number":
        table |= {"integer": one.get("integer", False)}
        table |= {ours: one[theirs] for ours, theirs in (("min", "minimum"), ("max", "maximum")) if theirs in one}
    if kind != "flag":
        table["required"] = not one.get("optional", False)
    if one.get("default-value") is not None:
        if kind == "file":
            left_out.append(f"{place}: a file has no default here")
        else:
            table["default"] = one["default-value"]
    text = " ".join("".join(each if each.isprintable() else " " for each in one.get("description", "")).split())
    if len(text) > LONGEST_HELP:
        left_out.append(f"{place}: its description was cut to {LONGEST_HELP} characters")
    table["help"] = text[:LONGEST_HELP].strip()
    return table


def _fixed_words(command: str, keys: list[str]) -> list[str]:
    """Name the words of a command line, after the program itself, that are no input's."""
    rest = command
    for key in sorted(keys, key=len, reverse=True):
        rest = rest.replace(key, " ")
    words = re.split(r"\s+", rest.strip())[1:]
    shown = " ".join(words)[:100]
    return [f"'command-line': '{shown}' is left out; an app is started by its entrypoint"] if words else []
