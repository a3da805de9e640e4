"""A request and its answer, as acts see them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from containers.node.settings import NodeSettings


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        settings: the node's.
        arguments: checked.
        body: what follows the line of JSON.
    """

    settings: NodeSettings
    arguments: dict[str, Any] = field(default_factory=dict)
    body: IO[bytes] | None = None


@dataclass(frozen=True)
class Answer:
    """One answer: what becomes a line of JSON, and a file whose bytes follow it."""

    values: dict[str, Any]
    body: Path | None = None
