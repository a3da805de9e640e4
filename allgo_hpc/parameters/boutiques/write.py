"""A Boutiques descriptor of an app. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from allgo_hpc.parameters.boutiques.rules import SCHEMA_VERSION

_KINDS = {"text": "String", "number": "Number", "choice": "String", "flag": "Flag", "file": "File"}


def write_descriptor(
    name: str, description: str, version: str, parameters: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the descriptor.

    Its command line is the app's name and the parameters in their order; reading it gives these very parameters.

    Args:
        name: the app's.
        description: of the app; Boutiques wants one, so that the name stands where there is none.
        version: what the tool is at.
        parameters: as ``check_parameters`` made them.
    """
    inputs: list[dict[str, Any]] = []
    for one in parameters:
        key = _identifier(one["name"], {each["id"] for each in inputs})
        inputs.append(_input(one, key))
    return {
        "name": name,
        "description": description or name,
        "tool-version": version,
        "schema-version": SCHEMA_VERSION,
        "command-line": " ".join([name, *(one["value-key"] for one in inputs)]),
        "inputs": inputs,
    }


def _input(one: Mapping[str, Any], key: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": key,
        "name": one["name"],
        "type": _KINDS[one["type"]],
        "optional": not one["required"],
        "value-key": f"[{key.upper()}]",
    }
    if one["help"]:
        made["description"] = one["help"]
    if one["option"]:
        made["command-line-flag"] = one["option"]
    if one["default"] is not None:
        made["default-value"] = one["default"]
    if one["type"] == "choice":
        made["value-choices"] = list(one["choices"])
    if one["type"] == "number":
        made["integer"] = one["integer"]
        made |= {word: one[key] for word, key in (("minimum", "min"), ("maximum", "max")) if one[key] is not None}
    return made


def _identifier(name: str, taken: set[str]) -> str:
    """Return an id for a name; two names never get the same, nor the same in capitals."""
    base = re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_") or "input"
    made, number = base, 2
    while made in taken:
        made, number = f"{base}_{number}", number + 1
    return made
