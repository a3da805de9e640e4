"""``GET /api/v1/cluster-files``: a folder of the cluster, for a page's picker."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from allgo_hpc.clusterpaths.take import list_folder
from web.api.groups import UPLOADS
from web.auth import current_user, needs
from web.context import get_services, get_session


class FolderQuery(Schema):
    """Which folder."""

    path = fields.String(validate=validate.Length(0, 4096), metadata={"description": "Absolute; none: where to begin."})


class FolderEntry(Schema):
    """What lies in it."""

    name = fields.String(required=True)
    path = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(["file", "folder"]))
    size = fields.Integer(required=True)


class Folder(Schema):
    """A folder of the cluster."""

    path = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    entries = fields.List(fields.Nested(FolderEntry), required=True)
    more = fields.Boolean(required=True, metadata={"description": "There are more than are listed."})


@UPLOADS.operation(
    "/api/v1/cluster-files",
    auth=needs("jobs:write"),
    query=FolderQuery,
    answers={200: Folder},
    errors=(400, 404, 503),
)
def get_cluster_files(query: dict[str, Any]) -> Response:
    """List a folder of the cluster as your account there sees it, where the site allows; at most 1000 entries."""
    user = current_user()
    get_session().commit()  # nothing of the database is held while the cluster is asked
    return jsonify(list_folder(get_services(), user, query.get("path")))
