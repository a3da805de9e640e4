"""JSON as a tree that can be folded: bounded in depth and in number, and what is no JSON said."""

import json
from dataclasses import dataclass, field
from typing import Any

from allgo_hpc.reading.previews.text import visible

LARGEST = 512 * 1024
"""Bytes that are read as JSON; a larger file is shown as text."""
_DEEPEST = 12
_NODES = 2000
_TEXT = 500


@dataclass
class Node:
    """A value.

    Attributes:
        name: of the member or the number of the element; None: the whole.
        kind: object, array, text, number, word (true, false, null).
        text: of what is no object or array; of these, what is not shown.
        count: members or elements.
        inner: those that are shown.
    """

    name: str | None
    kind: str
    text: str = ""
    count: int = 0
    inner: list["Node"] = field(default_factory=list)


class _Number(str):
    """A number as it is written: nothing is rounded, however many digits it has."""

    __slots__ = ()


class NotJson(ValueError):  # noqa: N818  # it tells what was found
    """What is wrong, in one sentence."""


def read_tree(text: str) -> Node:
    """Return the tree of a JSON text.

    Raises:
        NotJson: it is none, or nested more deeply than anybody writes.
    """
    try:
        value = json.loads(text, parse_int=_Number, parse_float=_Number, parse_constant=_Number)
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise NotJson("it is nested too deeply") from error
    left = [_NODES]
    return _node(None, value, 0, left)


def _node(name: str | None, value: Any, depth: int, left: list[int]) -> Node:  # noqa: ANN401
    left[0] -= 1
    shown = None if name is None else visible(name[:_TEXT])
    if isinstance(value, dict | list):
        kind = "object" if isinstance(value, dict) else "array"
        node = Node(shown, kind, count=len(value))
        pairs = value.items() if isinstance(value, dict) else ((str(number), each) for number, each in enumerate(value))
        for key, each in pairs:
            if depth >= _DEEPEST or left[0] <= 0:
                node.text = "…"
                break
            node.inner.append(_node(key, each, depth + 1, left))
        return node
    if isinstance(value, _Number):
        return Node(shown, "number", value[:_TEXT])
    if isinstance(value, str):
        return Node(shown, "text", visible(value[:_TEXT]) + ("…" if len(value) > _TEXT else ""))
    return Node(shown, "word", json.dumps(value))
