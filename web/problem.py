"""An error as the API tells it: problem details (RFC 9457), with A||GO's ``error`` beside them."""

from http import HTTPStatus
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from allgo_hpc.codes import CODES

CHECKSUM_MISMATCH = 460
"""Of tus; no status of HTTP's own."""


class ProblemSchema(Schema):
    """What is wrong, for people and for programs."""

    type = fields.String(required=True, metadata={"description": "Where the code is explained."})
    title = fields.String(required=True, metadata={"description": "The status in words."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = fields.String(required=True, metadata={"description": "A sentence that says what to do."})
    error = fields.String(required=True, metadata={"description": "The same sentence, where A||GO has it."})
    code = fields.String(
        required=True, validate=OneOf(sorted(CODES)), metadata={"description": "Stable, for programs."}
    )
    field = fields.String(metadata={"description": "The field, header or part of the address that is wrong."})
    offset = fields.Integer(metadata={"description": "Of an upload: where it ends now."})
    job = fields.Dict(metadata={"description": "Of a deleted job: what is still known."})


def phrase(status: int) -> str:
    """Return a status in words; pure."""
    return "Checksum Mismatch" if status == CHECKSUM_MISMATCH else HTTPStatus(status).phrase


def problem(status: int, text: str, code: str, field: str = "", more: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the members of an error answer; pure."""
    told: dict[str, Any] = {
        "type": f"/api/docs#code-{code}",
        "title": phrase(status),
        "status": int(status),
        "detail": text,
        "error": text,
        "code": code,
    }
    if field:
        told["field"] = field
    return told | (more or {})
