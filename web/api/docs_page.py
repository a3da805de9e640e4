"""What the page at ``/api/docs`` is made of."""

from dataclasses import dataclass

from web.api.docs_schemas import Row


@dataclass(frozen=True)
class Content:
    """A body, sent or answered.

    Attributes:
        types: content types.
        kind: what it is, where it has no fields.
        rows: its fields.
        without: it has the fields of the one before, but for these.
    """

    types: tuple[str, ...]
    kind: str
    rows: tuple[Row, ...]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What an operation answers when all is well."""

    status: str
    title: str
    text: str
    contents: tuple[Content, ...]


@dataclass(frozen=True)
class Operation:
    """A call."""

    id: str
    method: str
    path: str
    summary: str
    paragraphs: tuple[str, ...]
    parameters: tuple[Row, ...]
    bodies: tuple[Content, ...]
    body_required: bool
    answers: tuple[Answer, ...]
    errors: tuple[tuple[str, str], ...]
    curl: str


@dataclass(frozen=True)
class Group:
    """Calls that belong together."""

    name: str
    title: str
    text: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Page:
    """All that the page shows."""

    text: str
    version: str
    schemes: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    problem: tuple[Row, ...]
