"""``/api/v1/apps``: what can be run here, and how."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify

from allgo_hpc.apps import find_app, own_apps, visible_apps
from web.api.apps.answer import app_answer, app_summary
from web.api.apps.schemas import AppAnswer, AppList, AppsQuery
from web.api.groups import APPS
from web.auth import OPTIONAL, current_user, sender
from web.context import get_services, get_session


@APPS.operation("/api/v1/apps", auth=OPTIONAL, query=AppsQuery, answers={200: AppList})
def get_apps(query: Mapping[str, Any]) -> Response:
    """List the apps that one may run: without a token the public ones."""
    session = get_session()
    apps = own_apps(session, current_user()) if query["mine"] else visible_apps(session, sender())
    return jsonify({"apps": [app_summary(app) for app in apps]})


@APPS.operation("/api/v1/apps/<app_name>", auth=OPTIONAL, answers={200: AppAnswer})
def get_app(app_name: str) -> Response:
    """Tell all of an app: versions, presets, parameters, queues, limits."""
    user = sender()
    app = find_app(get_session(), user, app_name, field="app_name")
    return jsonify(app_answer(app, user, get_services().settings))
