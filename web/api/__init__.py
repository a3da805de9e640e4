"""The API, version 1. Each file describes its operations; here they become one application and one document."""

import importlib

from flask import Flask

from web.api.document import make_api

_MODULES = (
    "web.api.jobs.submit",
    "web.api.jobs.read",
    "web.api.jobs.actions",
    "web.api.jobs.files",
    "web.api.jobs.datastore",
    "web.api.jobs.archive",
    "web.api.events.job",
    "web.api.events.feed",
    "web.api.apps.apps",
    "web.api.apps.authoring",
    "web.api.apps.icon",
    "web.api.apps.parameters",
    "web.api.sharing.shares",
    "web.api.sharing.groups",
    "web.api.versions.versions",
    "web.api.apps.advice",
    "web.api.apps.metrics",
    "web.api.sandboxes.sandbox",
    "web.api.sandboxes.commits",
    "web.api.sandboxes.recipes",
    "web.api.sandboxes.sample",
    "web.api.sandboxes.events",
    "web.api.accounts.tokens",
    "web.api.accounts.ssh_keys",
    "web.api.accounts.webhooks",
    "web.api.status",
)
"""In the order in which the document lists them."""


def register_operations(app: Flask) -> None:
    """Register every operation, and the document of them all."""
    for module in _MODULES:
        importlib.import_module(module)
    # They need the operations.
    from web.api.docs import docs  # noqa: PLC0415
    from web.api.groups import ALL  # noqa: PLC0415

    api = make_api(app)
    for group in ALL:
        api.register_blueprint(group.blueprint)
    app.register_blueprint(docs)
