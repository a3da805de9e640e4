"""Schemas of the OpenAPI document in words: what a value is, and the rows of a table of fields; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

type Node = Mapping[str, Any]
_DEEPEST = 8
_LISTED = 20
"""More words than these are only counted: they are error codes, which have a table of their own."""
_PLURALS = {"string": "strings", "integer": "integers", "number": "numbers", "boolean": "booleans", "object": "objects"}
_FORMATS = {"date-time": "RFC 3339", "date": "YYYY-MM-DD"}


@dataclass(frozen=True)
class Row:
    """A field or parameter.

    Attributes:
        within: the fields around it, as ``resources.asked.`` or ``jobs[].``; empty at the top.
        name: its own name.
        kind: what it is, with limits.
        required: it is always there, or must be sent.
        text: what it means.
        place: of a parameter: path, query or header.
    """

    within: str
    name: str
    kind: str
    required: bool
    text: str
    place: str = ""


class Schemas:
    """The schemas that a document names, resolved."""

    def __init__(self, document: Node) -> None:
        """Take the document."""
        self._named: Node = document.get("components", {}).get("schemas", {})

    def name(self, schema: Node) -> str:
        """Return the name of a schema that is referred to, or of what a list of such holds; else nothing."""
        return str(schema.get("$ref", "")).rpartition("/")[2]

    def resolve(self, schema: Node) -> Node:
        """Return what a schema refers to, or itself; what stands beside a reference is kept (a description, null)."""
        whole = schema.get("allOf", [])
        if len(whole) == 1:
            schema = {**whole[0], **{key: value for key, value in schema.items() if key != "allOf"}}
        if "$ref" not in schema:
            return schema
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return {**self._named.get(self.name(schema), {}), **beside}

    def kind(self, schema: Node) -> str:
        """Return in words what a value is: its type, its limits, what it may be."""
        schema = self.resolve(schema)
        words = [self._type(schema), *_limits(schema)]
        return ", ".join(words) + (", or null" if schema.get("nullable") else "")

    def rows(self, schema: Node, within: str = "", depth: int = 0) -> Iterator[Row]:
        """Give a row for each field, those of what is nested after it; none for what has no fields."""
        schema = self.resolve(schema)
        if depth > _DEEPEST:  # one that holds itself
            return
        if "items" in schema:
            yield from self.rows(schema["items"], f"{within.removesuffix('.')}[].", depth + 1)
            return
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", [])
            yield Row(within, name, self.kind(field), required, self.resolve(field).get("description", ""))
            yield from self.rows(field, f"{within}{name}.", depth + 1)
        inner = schema.get("additionalProperties")
        if isinstance(inner, Mapping) and inner:
            yield from self.rows(inner, f"{within}*.", depth + 1)

    def _type(self, schema: Node) -> str:
        if schema.get("format") == "binary":
            return "a file"
        if "oneOf" in schema:
            return " or ".join(self.kind(each) for each in schema["oneOf"])
        kind = str(schema.get("type", "anything"))
        if kind == "array":
            inner = self.resolve(schema.get("items", {}))
            said = str(inner.get("type", ""))
            return f"list of {_PLURALS.get(said, said)}" + "".join(f", {limit}" for limit in _limits(inner))
        values = schema.get("additionalProperties")
        if kind == "object" and isinstance(values, Mapping) and values and not schema.get("properties"):
            return f"object: any name to {self.kind(values)}"
        return kind


def _limits(schema: Node) -> list[str]:
    found: list[str] = []
    if schema.get("format", "binary") != "binary":
        found.append(_FORMATS.get(schema["format"], str(schema["format"])))
    words = [f"`{each}`" for each in schema.get("enum", []) if each is not None]
    if words:
        found.append("one of " + (", ".join(words) if len(words) <= _LISTED else f"{len(words)} words"))
    found += _span(schema, "minimum", "maximum", "")
    found += _span(schema, "minLength", "maxLength", " characters")
    found += _span(schema, "minItems", "maxItems", " entries")
    if "pattern" in schema:
        found.append(f"as `{schema['pattern']}`")
    if schema.get("default") is not None:
        found.append(f"default `{_plain(schema['default'])}`")
    return found


def _span(schema: Node, least: str, most: str, unit: str) -> list[str]:
    low, high = schema.get(least), schema.get(most)
    if low is not None and high is not None:
        return [f"{_plain(low)} to {_plain(high)}{unit}"]
    if low is not None:
        return [f"at least {_plain(low)}{unit}"]
    return [f"at most {_plain(high)}{unit}"] if high is not None else []


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
