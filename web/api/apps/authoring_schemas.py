"""What the API takes of authors, for the OpenAPI document; allgo_hpc.authoring.properties checks it."""

from typing import Any

from marshmallow import Schema, fields, validate

from allgo_hpc.authoring.names import PATTERN
from allgo_hpc.authoring.properties import LEAST_MB, LONGEST, MOST_MB
from allgo_hpc.authoring.tags import LONGEST_TAG, MOST_TAGS
from allgo_hpc.parameters.presets import MOST_PRESETS
from allgo_hpc.parameters.schema import MOST_CHOICES, MOST_PARAMETERS, TYPES
from web.api.apps.schemas import Value
from web.paging import CURSOR

_MOST_CHANGES = 100


def _said(words: str) -> dict[str, Any]:
    return {"metadata": {"description": words}}


class NewPreset(Schema):
    """A preset that is wanted."""

    name = fields.String(required=True)
    param = fields.String()
    explanation = fields.String()


class NewParameter(Schema):
    """A typed parameter that is wanted; what does not apply to it is left out or null."""

    name = fields.String(required=True)
    type = fields.String(validate=validate.OneOf(TYPES), metadata={"description": "Default: `text`."})
    option = fields.String(**_said("As it is written, such as `-noise`; empty: the value stands alone."))
    default = Value(
        allow_none=True,
        metadata={"oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]},
    )
    min = fields.Float(allow_none=True)
    max = fields.Float(allow_none=True)
    integer = fields.Boolean(allow_none=True)
    choices = fields.List(fields.String(), allow_none=True, validate=validate.Length(1, MOST_CHOICES))
    required = fields.Boolean()
    help = fields.String()


class AppProperties(Schema):
    """What an author may say of an app; what is not given stays as it is."""

    title = fields.String(validate=validate.Length(1, LONGEST["title"]))
    description = fields.String(validate=validate.Length(max=LONGEST["description"]), **_said("Markdown."))
    contact = fields.String(validate=validate.Length(max=LONGEST["contact"]), **_said("Whom users ask."))
    citation = fields.String(validate=validate.Length(max=LONGEST["citation"]), **_said("How to cite it. Markdown."))
    example_job_id = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1, 999_999_999),
        **_said("A job of the owner's that shows what it does: whoever may run the app may look at it; null: none."),
    )
    tags = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_TAG)),
        validate=validate.Length(max=MOST_TAGS),
        **_said("Kept in small letters."),
    )
    public = fields.Boolean(**_said("Anybody may run it; else its author and those it is shared with."))
    default_queue = fields.String(validate=validate.Length(1, 32))
    memory_mb = fields.Integer(
        strict=True, validate=validate.Range(LEAST_MB, MOST_MB), **_said("Mebibytes of each job.")
    )
    cpus = fields.Integer(strict=True, validate=validate.Range(1), **_said("Processors of each job."))
    gpus = fields.Integer(strict=True, validate=validate.Range(0), **_said("Graphics processors of each job."))
    network = fields.Boolean(**_said("Its jobs may use the network."))
    disk_scratch = fields.Boolean(**_said("What it writes outside its job folder goes to the node's disk."))
    input_max_bytes = fields.Integer(
        strict=True,
        allow_none=True,
        validate=validate.Range(1),
        **_said("Bytes of one job's inputs; null: the site's limit."),
    )
    rerun_after_node_failure = fields.Boolean(**_said("A job whose node failed is started anew, once."))
    base = fields.String(validate=validate.Length(1, 64), **_said("Base image of a new sandbox."))
    auto_publish = fields.Boolean(**_said("A new version that passed its test is published at once."))
    presets = fields.List(fields.Nested(NewPreset), validate=validate.Length(max=MOST_PRESETS))
    parameters = fields.List(
        fields.Nested(NewParameter), validate=validate.Length(max=MOST_PARAMETERS), **_said("All of them, in order.")
    )


class NewApp(AppProperties):
    """An app that is wanted; what is not given has its default."""

    name = fields.String(
        required=True, validate=validate.Regexp(PATTERN), metadata={"pattern": PATTERN, "description": "For ever."}
    )


class Change(Schema):
    """One change."""

    at = fields.DateTime(required=True)
    user = fields.String(required=True, **_said("Who made it."))
    what = fields.String(required=True, **_said("The property, or the version and what became of it."))
    old = fields.Raw(required=True, allow_none=True, **_said("What it was."))
    new = fields.Raw(required=True, allow_none=True, **_said("What it is since then."))


class ChangeList(Schema):
    """A page of an app's history, newest first."""

    changes = fields.List(fields.Nested(Change), required=True)
    next = fields.String(required=True, allow_none=True, **_said("Address of the next page; null on the last."))


class HistoryQuery(Schema):
    """Which page."""

    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, _MOST_CHANGES), metadata={"description": "Changes on a page."}
    )
    cursor = fields.String(metadata=CURSOR)
