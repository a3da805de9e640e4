"""``/api/v1/apps/<name>/shares``: who may run a private app of one's own."""

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from allgo_hpc.apps import find_own_app
from allgo_hpc.models import AppShare
from allgo_hpc.sharing.shares import find_share, list_shares, share_app, unshare_app
from allgo_hpc.times import stamp
from web.api.groups import APPS
from web.auth import current_user, needs
from web.checks import json_or_form, load_body
from web.context import get_session

_RULE = "/api/v1/apps/<app_name>/shares"


class NewAppShare(Schema):
    """With whom: a user or a group, one of them."""

    user = fields.String(
        load_default="", validate=validate.Length(max=254), metadata={"description": "User name or address."}
    )
    group = fields.String(
        load_default="", validate=validate.Length(max=64), metadata={"description": "Name of a group."}
    )


class AppShareEntry(Schema):
    """Somebody, or a group, with whom an app is shared."""

    id = fields.Integer(required=True)
    user = fields.String(required=True, allow_none=True, metadata={"description": "User name; null: it is a group."})
    group = fields.String(required=True, allow_none=True, metadata={"description": "Its name; null: it is a user."})
    created_at = fields.DateTime(required=True)


class AppShareList(Schema):
    """With whom an app is shared."""

    shares = fields.List(fields.Nested(AppShareEntry), required=True)


@APPS.operation(_RULE, auth=needs("apps:write"), answers={200: AppShareList})
def get_app_shares(app_name: str) -> Response:
    """List with whom one's own app is shared: groups first, then users."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    return jsonify({"shares": [_entry(one) for one in list_shares(session, app)]})


@APPS.operation(
    _RULE,
    method="POST",
    auth=needs("apps:write"),
    body=json_or_form(NewAppShare, required=True),
    answers={201: AppShareEntry},
    errors=(400, 409),
    links={"share_id": ("delete_app_share",)},
)
def post_app_share(app_name: str) -> tuple[Response, int]:
    """Share one's own app with a user or a group: they may run it, at once. It matters as long as it is private."""
    session, user = get_session(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    return jsonify(_entry(share_app(session, user, app, **load_body(request, NewAppShare())))), 201


@APPS.operation(
    f"{_RULE}/<share_id>",
    method="DELETE",
    auth=needs("apps:write"),
    answers={204: {"description": "Taken back."}},
)
def delete_app_share(app_name: str, share_id: str) -> tuple[str, int]:
    """Take a share back, at once. Jobs that were accepted run and keep their results."""
    session, user = get_session(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    unshare_app(session, user, app, find_share(session, app, share_id))
    return "", 204


def _entry(share: AppShare) -> dict[str, Any]:
    return {
        "id": share.id,
        "user": share.user.name if share.user is not None else None,
        "group": share.group.name if share.group is not None else None,
        "created_at": stamp(share.created_at),
    }
