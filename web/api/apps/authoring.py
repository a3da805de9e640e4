"""``/api/v1/apps`` for authors: make an app, change it, see what was changed."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, request

from allgo_hpc.apps import find_own_app
from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.create import create_app
from allgo_hpc.authoring.history import list_changes, who
from allgo_hpc.errors import BadInput
from allgo_hpc.times import stamp
from web.api.apps.answer import app_answer
from web.api.apps.authoring_schemas import AppProperties, ChangeList, HistoryQuery, NewApp
from web.api.apps.schemas import AppAnswer
from web.api.groups import APPS
from web.auth import current_user, needs
from web.checks import json_only, load_json
from web.context import base_url, get_services, get_session
from web.paging import before_id


@APPS.operation(
    "/api/v1/apps",
    method="POST",
    auth=needs("apps:write"),
    body=json_only(NewApp),
    answers={201: AppAnswer},
    errors=(400, 409),
)
def post_app() -> tuple[Response, int]:
    """Make an app. It has no version yet, so nobody can run it; only authors may."""
    sent = load_json(request)
    name = sent.pop("name", None)
    if not isinstance(name, str):
        raise BadInput("'name' must be a text", field="name")
    services, user = get_services(), current_user()
    app = create_app(get_session(), services, user, name, sent)
    return jsonify(app_answer(app, user, services.settings)), 201


@APPS.operation(
    "/api/v1/apps/<app_name>",
    method="PATCH",
    auth=needs("apps:write"),
    body=json_only(AppProperties),
    answers={200: AppAnswer},
    errors=(400,),
)
def patch_app(app_name: str) -> Response:
    """Change one's own app, at once.

    What is sent replaces what was there, lists as a whole. Jobs that were accepted before keep what they were accepted
    with. Each property that is different is in the app's history.
    """
    session, services, user = get_session(), get_services(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    change_app(session, services, user, app, load_json(request))
    return jsonify(app_answer(app, user, services.settings))


@APPS.operation(
    "/api/v1/apps/<app_name>/history", auth=needs("apps:write"), query=HistoryQuery, answers={200: ChangeList}
)
def get_history(query: Mapping[str, Any], app_name: str) -> Response:
    """Tell what was changed of one's own app and its versions: who, when, from what to what; newest first."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    page, before = list_changes(session, app, limit=query["limit"], before_id=before_id(query.get("cursor")))
    following = None
    if before is not None:
        words = urlencode({"limit": query["limit"], "cursor": f"b{before}"})
        following = f"{base_url()}/api/v1/apps/{app.name}/history?{words}"
    changes = [
        {"at": stamp(one.at), "user": who(one), "what": one.what, "old": one.old, "new": one.new} for one in page
    ]
    return jsonify({"changes": changes, "next": following})
