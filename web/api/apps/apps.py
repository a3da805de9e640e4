"""``/api/v1/apps``: what can be run here, and how."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from allgo_hpc.apps import find_app, owns, visible_apps
from allgo_hpc.models import App, Version
from allgo_hpc.parameters.schema import TYPES
from allgo_hpc.reading.lookup import mean_seconds
from allgo_hpc.times import stamp
from web.api.groups import APPS
from web.auth import OPTIONAL, visitor
from web.context import base_url, get_services, get_session


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


class AppList(Schema):
    """The apps that one may run."""

    apps = fields.List(fields.Nested(AppSummary), required=True)


class VersionEntry(Schema):
    """An immutable image of an app."""

    number = fields.Integer(required=True)
    changelog = fields.String(required=True)
    published = fields.Boolean(required=True)
    default = fields.Boolean(required=True, metadata={"description": "It runs where no version is named."})
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    created_at = fields.DateTime(required=True)


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


class AppAnswer(AppSummary):
    """An app, with all that a form for it needs."""

    versions = fields.List(fields.Nested(VersionEntry), required=True)
    presets = fields.List(fields.Nested(Preset), required=True)
    parameters = fields.List(
        fields.Nested(Parameter), required=True, metadata={"description": "What a param string is made of, in order."}
    )
    queues = fields.List(fields.Nested(QueueEntry), required=True)
    quota = fields.Nested(AppQuota, required=True)
    resources = fields.Nested(AppResources, required=True)


@APPS.operation("/api/v1/apps", auth=OPTIONAL, answers={200: AppList})
def get_apps() -> Response:
    """List the apps that one may run: without a token the public ones."""
    return jsonify({"apps": [_summary(app) for app in visible_apps(get_session(), visitor())]})


@APPS.operation("/api/v1/apps/<app_name>", auth=OPTIONAL, answers={200: AppAnswer})
def get_app(app_name: str) -> Response:
    """Tell all of an app: versions, presets, parameters, queues, limits."""
    user, settings = visitor(), get_services().settings
    app = find_app(get_session(), user, app_name, field="app_name")
    shown = [version for version in app.versions if version.published or owns(app, user)]
    newest = max((version.number for version in app.versions if version.published), default=None)
    return jsonify(
        _summary(app)
        | {
            "versions": [_version(version, newest) for version in reversed(shown)],
            "presets": app.presets or [],
            "parameters": app.parameters or [],
            "queues": [
                {"name": queue.name, "minutes": queue.minutes, "default": queue.name == app.default_queue}
                for queue in settings.queues
            ],
            "quota": {
                "input_bytes": min(settings.upload_max_bytes, app.input_max_bytes or settings.upload_max_bytes),
                "input_files": settings.upload_max_files,
                "batch_tasks": min(settings.batch_max_tasks, settings.upload_max_files),
                "param_bytes": settings.param_max_bytes,
            },
            "resources": {"cpus": app.cpus, "memory_mb": app.memory_mb, "network": app.network},
        }
    )


def _summary(app: App) -> dict[str, Any]:
    return {
        "id": app.id,
        "name": app.name,
        "title": app.title,
        "description": app.description,
        "contact": app.contact,
        "tags": app.tags or [],
        "public": app.public,
        "owner": app.owner.name,
        "default_queue": app.default_queue,
        "avg_time": mean_seconds(app),
        "url": f"{base_url()}/api/v1/apps/{app.name}",
    }


def _version(version: Version, newest: int | None) -> dict[str, Any]:
    return {
        "number": version.number,
        "changelog": version.changelog,
        "published": version.published,
        "default": version.number == newest,
        "sha256": version.sha256,
        "size": version.size,
        "created_at": stamp(version.created_at),
    }
