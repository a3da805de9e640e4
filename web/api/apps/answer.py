"""An app and its versions as answers tell them."""

from datetime import timedelta
from typing import Any

from allgo_hpc.apps import default_of, owns
from allgo_hpc.models import App, User, Version
from allgo_hpc.reading.lookup import mean_seconds
from allgo_hpc.settings import Settings
from allgo_hpc.times import stamp
from web.context import base_url


def app_summary(app: App) -> dict[str, Any]:
    """Return an app as lists have it."""
    url = f"{base_url()}/api/v1/apps/{app.name}"
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
        "url": url,
        # The content's digest is in it, so that a new icon is not hidden by an earlier one in a cache.
        "icon": f"{url}/icon?v={app.icon_sha256[:8]}" if app.icon_sha256 is not None else None,
    }


def app_answer(app: App, user: User | None, settings: Settings) -> dict[str, Any]:
    """Return an app with all that a form for it, and its author, needs."""
    owner = owns(app, user)
    shown = [one for one in app.versions if one.deleted_at is None and (one.published or owner)]
    default = default_of(app, app.versions)
    return app_summary(app) | {
        "citation": app.citation,
        "example_job_id": app.example_job_id,
        "versions": [version_entry(one, default, settings) for one in reversed(shown)],
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
        "resources": {"cpus": app.cpus, "gpus": app.gpus, "memory_mb": app.memory_mb, "network": app.network},
        "authoring": _authoring(app) if owner else None,
    }


def version_entry(version: Version, default: Version | None, settings: Settings) -> dict[str, Any]:
    """Return a version as lists have it."""
    until = version.deleted_at + timedelta(days=settings.version_keep_days) if version.deleted_at is not None else None
    return {
        "number": version.number,
        "changelog": version.changelog,
        "published": version.published,
        "default": version is default,
        "sha256": version.sha256,
        "size": version.size,
        "origin": version.origin,
        "signed": version.signed,
        "created_at": stamp(version.created_at),
        "deleted_at": stamp(version.deleted_at),
        "restorable_until": stamp(until) if version.purged_at is None else None,
    }


def _authoring(app: App) -> dict[str, Any]:
    return {
        "base": app.base,
        "auto_publish": app.auto_publish,
        "default_version": app.default_version,
        "disk_scratch": app.disk_scratch,
        "input_max_bytes": app.input_max_bytes,
        "rerun_after_node_failure": app.rerun_after_node_failure,
        "created_at": stamp(app.created_at),
    }
