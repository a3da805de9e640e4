"""What a schema finds wrong becomes one refusal that names the field; the one bridge from marshmallow."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError, fields
from werkzeug.exceptions import HTTPException

from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean

_LARGEST_BODY = 64 * 1024
LARGEST_JSON = 4 * 1024 * 1024
"""Bytes: fifty parameters with a hundred choices each, or a descriptor."""
_WHOLE = re.compile(r"-?[0-9]{1,40}")
_UNKNOWN = "Unknown field."


def refuse_invalid(error: ValidationError, schema: Schema) -> NoReturn:
    """Raise what a schema found, in one sentence about the first field.

    Raises:
        BadInput: always.
    """
    messages: Any = error.normalized_messages()  # type: ignore[no-untyped-call]
    # Where it was found stands around it; a field may have the same name.
    while set(messages) <= {"query", "json", "form"} and isinstance(inner := next(iter(messages.values())), dict):
        messages = inner
    field, found = next(iter(messages.items()))
    while isinstance(found, dict):
        found = next(iter(found.values()))
    text = str(found[0] if isinstance(found, list) else found)
    shown = str(field)[:64] if str(field).isprintable() else "(what was sent)"
    shown = "" if shown == "_schema" else shown
    if text == _UNKNOWN:
        known = [each.data_key or name for name, each in schema.fields.items()]
        text = f"there is no such field{did_you_mean(shown, known)}"
    raise BadInput(f"{shown}: {text}" if shown else text, field=shown)


def load_body(request: Request, schema: Schema, *, most_bytes: int = _LARGEST_BODY) -> dict[str, Any]:
    """Return a body, JSON or a form, small unless said otherwise, as the schema reads it.

    Raises:
        BadInput: it cannot be read, or a field is wrong or unknown.
    """
    _limit(request, most_bytes)
    try:
        if request.mimetype == "application/json":
            sent = request.get_json()
        else:
            sent = {name: _of_form(schema.fields.get(name), values) for name, values in request.form.lists()}
    except (HTTPException, RecursionError) as error:
        raise BadInput("the body cannot be read: send JSON or a form", code="bad_form") from error
    return load_fields(_object(sent), schema)


class Flag(fields.Boolean):
    """True or false and nothing else; marshmallow's own takes ``0``, ``"off"`` and ``"n"`` too."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Whole(fields.Integer):
    """A whole number, also as text; marshmallow's own cuts 1.5 to 1. Nothing between the quotes is None.

    Its limits are the domain's, which knows them and names them.
    """

    def _deserialize(  # type: ignore[override]  # empty is None
        self,
        value: object,
        attr: str | None,  # noqa: ARG002
        data: object,  # noqa: ARG002
        **kwargs: object,  # noqa: ARG002
    ) -> int | None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        try:
            if isinstance(value, str):
                return whole_number(value)
        except ValueError as error:
            raise self.make_error("invalid", input=value) from error
        raise self.make_error("invalid", input=value)


def whole_number(text: str) -> int | None:
    """Return the number that a text is, None where it is empty; pure. One below 0 is for the domain to refuse.

    Raises:
        ValueError: it is none, or longer than any that is meant.
    """
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise ValueError(text[:40])
    return int(text)


def _of_form(field: fields.Field[Any] | None, values: list[str]) -> object:
    """Return what a form's text stands for; it has neither lists nor flags of its own."""
    if isinstance(field, fields.List) and len(values) > 1:
        return values
    if isinstance(field, Flag):
        return {"true": True, "false": False}.get(values[-1], values[-1])
    return values[-1]


def from_texts(sent: Mapping[str, str], schema: Schema) -> dict[str, object]:
    """Return what the texts of a form that was read by hand stand for; pure."""
    return {name: _of_form(schema.fields.get(name), [text]) for name, text in sent.items()}


def load_json(request: Request, *, most_bytes: int = LARGEST_JSON) -> dict[str, Any]:
    """Return the members of a JSON object as they were sent: the domain checks each, strictly by its type.

    Raises:
        BadInput: it cannot be read, or is no object.
    """
    _limit(request, most_bytes)
    try:
        # NaN and the infinities are not JSON (RFC 8259), though Python reads them.
        sent = json.loads(request.get_data(), parse_constant=_no_constant)
    except (HTTPException, ValueError, RecursionError) as error:
        raise BadInput("the body cannot be read: send JSON", code="bad_form") from error
    return _object(sent)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _limit(request: Request, most: int) -> None:
    if (request.content_length or 0) > most:
        raise BadInput(f"the body has more than {most} bytes", code="bad_form")
    request.max_content_length = request.max_form_memory_size = most


def _object(sent: object) -> dict[str, Any]:
    if not isinstance(sent, dict):
        raise BadInput("the body must be a JSON object", code="bad_form")
    return sent


def load_fields(sent: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """Return what was sent as the schema reads it.

    Raises:
        BadInput: a field is wrong or unknown.
    """
    try:
        loaded: dict[str, Any] = schema.load(sent, unknown=RAISE)
    except ValidationError as error:
        refuse_invalid(error, schema)
    return loaded


def json_or_form(schema: type[Schema], *, required: bool = False) -> dict[str, Any]:
    """Return the ``requestBody`` of OpenAPI for ``load_body``."""
    content = {kind: {"schema": schema} for kind in ("application/json", "application/x-www-form-urlencoded")}
    return {"required": required, "content": content}


def json_only(schema: type[Schema], *, required: bool = True) -> dict[str, Any]:
    """Return the ``requestBody`` of OpenAPI for ``load_json``."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}
