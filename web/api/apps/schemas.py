"""What the API says of apps, for the OpenAPI document."""

from typing import Any

from marshmallow import Schema, fields, validate

from allgo_hpc.parameters.schema import TYPES
from allgo_hpc.versions.origins import ORIGINS


class AppSummary(Schema):
    """An app."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True, metadata={"description": "Markdown."})
    contact = fields.String(required=True)
    tags = fields.List(fields.String(), required=True)
    public = fields.Boolean(required=True)
    owner = fields.String(required=True)
    default_queue = fields.String(required=True)
    avg_time = fields.Integer(required=True, metadata={"description": "Mean run time in seconds."})
    url = fields.String(required=True)
    icon = fields.String(required=True, allow_none=True, metadata={"description": "Address of its icon."})


class AppList(Schema):
    """Apps."""

    apps = fields.List(fields.Nested(AppSummary), required=True)


class VersionEntry(Schema):
    """An immutable image of an app."""

    number = fields.Integer(required=True)
    changelog = fields.String(required=True)
    published = fields.Boolean(required=True)
    default = fields.Boolean(required=True, metadata={"description": "It runs where no version is named."})
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    origin = fields.String(
        required=True, validate=validate.OneOf(list(ORIGINS)), metadata={"description": "What it was made from."}
    )
    signed = fields.Boolean(
        required=True, metadata={"description": "The image holds a signature; whose is not judged."}
    )
    created_at = fields.DateTime(required=True)
    deleted_at = fields.DateTime(required=True, allow_none=True)
    restorable_until = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "Of a deleted one: until when it can be restored."}
    )


class QueueEntry(Schema):
    """How long a job may run."""

    name = fields.String(required=True)
    minutes = fields.Integer(required=True)
    default = fields.Boolean(required=True)


class AppQuota(Schema):
    """What one job may be sent."""

    input_bytes = fields.Integer(required=True)
    input_files = fields.Integer(required=True)
    batch_tasks = fields.Integer(required=True)
    param_bytes = fields.Integer(required=True)


class AppResources(Schema):
    """What each job gets."""

    cpus = fields.Integer(required=True)
    gpus = fields.Integer(required=True)
    memory_mb = fields.Integer(required=True)
    network = fields.Boolean(required=True)


class Preset(Schema):
    """A param string that is ready to use."""

    name = fields.String(required=True)
    param = fields.String(required=True)
    explanation = fields.String(required=True)


class Value(fields.Field[Any]):
    """A text, a number, or true or false."""


class Parameter(Schema):
    """A typed parameter. One that is given is written as its option and its value, a flag as its option alone."""

    name = fields.String(required=True)
    type = fields.String(
        required=True,
        validate=validate.OneOf(TYPES),
        metadata={"description": "`file`: the name of an input file."},
    )
    option = fields.String(
        required=True, metadata={"description": "As it is written, such as `-noise`; empty: the value stands alone."}
    )
    default = Value(
        required=True,
        allow_none=True,
        metadata={
            "description": "What the app takes where it is not given.",
            "oneOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}],
        },
    )
    min = fields.Float(required=True, allow_none=True, metadata={"description": "Of a number: the least."})
    max = fields.Float(required=True, allow_none=True, metadata={"description": "Of a number: the largest."})
    integer = fields.Boolean(required=True, allow_none=True, metadata={"description": "Of a number: it is whole."})
    choices = fields.List(
        fields.String(), required=True, allow_none=True, metadata={"description": "Of a choice: what there is."}
    )
    required = fields.Boolean(required=True)
    help = fields.String(required=True)


class Authoring(Schema):
    """What only its owner sees."""

    base = fields.String(required=True, metadata={"description": "Base image of a new sandbox."})
    auto_publish = fields.Boolean(
        required=True, metadata={"description": "A new version that passed its test is published at once."}
    )
    default_version = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The version that was chosen; null: the newest."}
    )
    disk_scratch = fields.Boolean(required=True)
    input_max_bytes = fields.Integer(required=True, allow_none=True)
    rerun_after_node_failure = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)


class AppAnswer(AppSummary):
    """An app, with all that a form for it needs."""

    citation = fields.String(required=True, metadata={"description": "How to cite it. Markdown."})
    example_job_id = fields.Integer(
        required=True, allow_none=True, metadata={"description": "A job that shows what it does; yours to look at."}
    )
    versions = fields.List(fields.Nested(VersionEntry), required=True)
    presets = fields.List(fields.Nested(Preset), required=True)
    parameters = fields.List(
        fields.Nested(Parameter), required=True, metadata={"description": "What a param string is made of, in order."}
    )
    queues = fields.List(fields.Nested(QueueEntry), required=True)
    quota = fields.Nested(AppQuota, required=True)
    resources = fields.Nested(AppResources, required=True)
    authoring = fields.Nested(
        Authoring, required=True, allow_none=True, metadata={"description": "For its owner; else null."}
    )


class AppsQuery(Schema):
    """Which apps."""

    mine = fields.Boolean(
        load_default=False, metadata={"description": "One's own, also those without a published version."}
    )
