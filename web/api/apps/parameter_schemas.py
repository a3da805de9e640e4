"""What the API says of parameters, for the OpenAPI document."""

from typing import Any

from marshmallow import Schema, fields, validate

from allgo_hpc.parameters.drafting.draft import LONGEST_TEXT
from web.api.apps.schemas import Parameter


def _said(words: str) -> dict[str, Any]:
    return {"metadata": {"description": words}}


class ParameterValues(Schema):
    """What each parameter that is given is."""

    values = fields.Dict(keys=fields.String(), required=True, **_said("Name of a parameter to its value."))


class ParamString(Schema):
    """A param string."""

    param = fields.String(required=True)


class Descriptor(Schema):
    """A Boutiques descriptor, schema 0.5."""

    descriptor = fields.Dict(keys=fields.String(), required=True)


class ReadDescriptor(Schema):
    """What was read from a descriptor."""

    parameters = fields.List(fields.Nested(Parameter), required=True)
    left_out = fields.List(
        fields.String(), required=True, **_said("A sentence for each part that has no counterpart here.")
    )


class HelpText(Schema):
    """What a program says on `--help`."""

    help = fields.String(required=True, validate=validate.Length(max=LONGEST_TEXT))


class DraftAnswer(Schema):
    """Parameters to look at, change and store."""

    parameters = fields.List(fields.Nested(Parameter), required=True)
