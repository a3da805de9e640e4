"""The OpenAPI document as the page at ``/api/docs`` shows it: groups, operations, tables; pure."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from re import sub
from typing import Any

from markupsafe import Markup, escape

from web.api.docs_curl import curl
from web.api.docs_page import Answer, Content, Group, Operation, Page
from web.api.docs_schemas import Node, Row, Schemas
from web.problem import phrase

PROBLEM = "Problem"
_METHODS = ("options", "get", "post", "put", "patch", "delete")


def make_page(document: Node) -> Page:
    """Return what the page shows of a document."""
    schemas = Schemas(document)
    operations = [
        (operation.get("tags", [""])[0], _operation(method, path, item, schemas))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in _METHODS
    ]
    groups = [_group(tag, tuple(each for name, each in operations if name == tag["name"])) for tag in document["tags"]]
    schemes = document["components"].get("securitySchemes", {})
    return Page(
        text=document["info"].get("description", ""),
        version=document["info"]["version"],
        schemes=tuple((name, scheme.get("description", "")) for name, scheme in schemes.items()),
        groups=tuple(group for group in groups if group.operations),
        problem=tuple(schemas.rows({"$ref": f"#/components/schemas/{PROBLEM}"})),
    )


def with_code(text: str) -> Markup:
    """Return a text, escaped, with what stands between backticks as code."""
    return Markup(sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  # escaped just before


def _group(tag: Node, operations: tuple[Operation, ...]) -> Group:
    title, colon, rest = tag.get("description", "").partition(":")
    if colon:
        return Group(tag["name"], title, rest.strip()[:1].upper() + rest.strip()[1:], operations)
    return Group(tag["name"], tag["name"].capitalize(), title, operations)


def _operation(method: str, path: str, item: Node, schemas: Schemas) -> Operation:
    told: Node = item[method]
    parameters = [*item.get("parameters", []), *told.get("parameters", [])]
    answers = sorted(told["responses"].items())
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        paragraphs=tuple(text for text in told.get("description", "").split("\n\n") if text),
        parameters=tuple(_parameter(parameter, schemas) for parameter in _in_order(parameters, path)),
        bodies=_contents(told.get("requestBody", {}).get("content", {}), schemas),
        body_required=told.get("requestBody", {}).get("required", False),
        answers=tuple(_answer(status, answer, schemas) for status, answer in answers if not _is_error(status)),
        errors=tuple((status, phrase(int(status))) for status, _ in answers if _is_error(status)),
        curl=curl(method.upper(), path, told, schemas, parameters),
    )


def _is_error(status: str) -> bool:
    return int(status) >= HTTPStatus.BAD_REQUEST


def _in_order(parameters: list[Node], path: str) -> list[Node]:
    """As they stand in the address, then the query, then headers."""
    places = ("path", "query", "header")
    return sorted(parameters, key=lambda each: (places.index(each["in"]), path.find("{%s}" % each["name"])))  # noqa: UP031


def _parameter(told: Node, schemas: Schemas) -> Row:
    return Row(
        "",
        told["name"],
        schemas.kind(told["schema"]),
        told.get("required", False),
        told.get("description", ""),
        told["in"],
    )


def _answer(status: str, told: Node, schemas: Schemas) -> Answer:
    title = phrase(int(status))
    text = told.get("description", "")
    return Answer(status, title, "" if text == title else text, _contents(told.get("content", {}), schemas))


def _contents(told: Mapping[str, Any], schemas: Schemas) -> tuple[Content, ...]:
    """Content types that hold the same are told together."""
    found: list[Content] = []
    for kind, media in told.items():
        schema = media.get("schema", {})
        rows = tuple(schemas.rows(schema))
        made = Content((kind,), "" if rows or not schema else schemas.kind(schema), rows)
        last = found[-1] if found else None
        if last is not None and (made.rows, made.kind) == (last.rows, last.kind):
            found[-1] = replace(last, types=(*last.types, kind))
        elif last is not None and rows and set(rows) < set(last.rows):
            found.append(replace(made, without=tuple(row.name for row in last.rows if row not in rows)))
        else:
            found.append(made)
    return tuple(found)
