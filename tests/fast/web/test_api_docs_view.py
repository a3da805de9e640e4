"""How the OpenAPI document becomes words and tables, without a portal."""

from typing import Any

import pytest

from web.api.docs_schemas import Row, Schemas
from web.api.docs_view import make_page, with_code

NAMED = {
    "Inner": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    "Loop": {"type": "object", "properties": {"again": {"$ref": "#/components/schemas/Loop"}}},
}
SCHEMAS = Schemas({"components": {"schemas": NAMED}})
INNER = {"$ref": "#/components/schemas/Inner"}


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string"}, "string"), ({}, "anything"), ({"type": "string", "format": "binary"}, "a file"),
        ({"type": "string", "format": "date-time", "nullable": True}, "string, RFC 3339, or null"),
        ({"type": "string", "format": "uri"}, "string, uri"), (INNER, "object"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "integer, 1 to 9"),
        ({"type": "number", "minimum": 0.0, "default": 86400.0}, "number, at least 0, default `86400`"),
        ({"type": "string", "maxLength": 64}, "string, at most 64 characters"),
        ({"type": "boolean", "default": False}, "boolean, default `false`"),
        ({"type": "string", "enum": ["a", "b", None]}, "string, one of `a`, `b`"),
        ({"type": "string", "enum": [str(n) for n in range(21)]}, "string, one of 21 words"),
        ({"type": "string", "pattern": "^a$"}, "string, as `^a$`"),
        ({"type": "array", "items": {"type": "string", "enum": ["a"]}}, "list of strings, one of `a`"),
        ({"type": "array", "items": INNER, "maxItems": 3}, "list of objects, at most 3 entries"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object: any name to integer"),
        ({"oneOf": [{"type": "string"}, {"type": "number"}], "nullable": True}, "string or number, or null"),
    ],
)  # fmt: skip
def test_what_a_value_is(schema: dict[str, Any], words: str) -> None:
    assert SCHEMAS.kind(schema) == words


def test_what_is_nested_is_told_after_what_holds_it() -> None:
    schema = {
        "type": "object",
        "required": ["one"],
        "properties": {
            "one": {"allOf": [INNER], "description": "The one.", "nullable": True},
            "many": {"type": "array", "items": INNER},
            "named": {"type": "object", "additionalProperties": INNER},
        },
    }
    assert list(SCHEMAS.rows(schema)) == [
        Row("", "one", "object, or null", True, "The one."),
        Row("one.", "n", "integer", True, ""),
        Row("", "many", "list of objects", False, ""),
        Row("many[].", "n", "integer", True, ""),
        Row("", "named", "object: any name to object", False, ""),
        Row("named.*.", "n", "integer", True, ""),
    ]


def test_what_holds_itself_ends() -> None:
    assert 1 < len(list(SCHEMAS.rows({"$ref": "#/components/schemas/Loop"}))) < 20


def test_texts_are_escaped_before_code_is_marked() -> None:
    assert with_code("<script>`a<b`</script> `") == "&lt;script&gt;<code>a&lt;b</code>&lt;/script&gt; `"


def _page_of(operation: dict[str, Any], path: str = "/a/{b}/{a}", **item: Any) -> Any:
    told = {"operationId": "x", "tags": ["g"], "responses": {}, **operation}
    document = {
        "info": {"version": "1"},
        "tags": [{"name": "g", "description": "Things: of one kind."}, {"name": "none"}],
        "paths": {path: {"post": told, **item}},
        "components": {"schemas": NAMED | {"Problem": NAMED["Inner"]}},
    }
    page = make_page(document)
    (group,) = page.groups
    assert (group.title, group.text) == ("Things", "Of one kind.")
    return group.operations[0]


def test_parameters_stand_as_in_the_address_then_query_then_headers() -> None:
    places = [("header", "h"), ("query", "q"), ("path", "a"), ("path", "b")]
    parameters = [{"in": place, "name": name, "schema": {"type": "string"}} for place, name in places]
    made = _page_of({"parameters": parameters[:2]}, parameters=parameters[2:])
    assert [row.name for row in made.parameters] == ["b", "a", "q", "h"]


def test_content_types_of_the_same_are_told_together() -> None:
    less = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    more = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "f": {"type": "string"}}}
    told = {
        "multipart/form-data": more,
        "application/json": less,
        "text/csv": less,
        "text/plain": {"type": "string"},
        "x/y": {},
    }
    content = {kind: {"schema": schema} for kind, schema in told.items()}
    bodies = _page_of({"requestBody": {"content": content}}).bodies
    assert [(body.types, body.without, body.kind) for body in bodies] == [
        (("multipart/form-data",), (), ""),
        (("application/json", "text/csv"), ("f",), ""),
        (("text/plain",), (), "string"),
        (("x/y",), (), ""),
    ]


def test_answers_and_errors_are_told_apart_in_order() -> None:
    made = _page_of(
        {"responses": {"404": {}, "304": {"description": "Same."}, "200": {"description": "OK"}, "400": {}}}
    )
    assert [(answer.status, answer.title, answer.text) for answer in made.answers] == [
        ("200", "OK", ""),
        ("304", "Not Modified", "Same."),
    ]
    assert made.errors == (("400", "Bad Request"), ("404", "Not Found"))
