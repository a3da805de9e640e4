"""``GET /api/v1/jobs/<id>/archive``: all files of an ended job in one download that can be interrupted."""

from collections.abc import Mapping

from flask import Response
from marshmallow import Schema, fields, validate

from allgo_hpc.reading.archive import FORMATS
from allgo_hpc.reading.lookup import find_job
from web.api.groups import FILES
from web.archives import send_archive
from web.auth import current_user, needs
from web.context import get_session

_HEADERS = (
    {
        "in": "header",
        "name": "Range",
        "schema": {"type": "string"},
        "description": "A part of the archive, such as `bytes=1000-`: an interrupted download goes on.",
    },
    {
        "in": "header",
        "name": "If-Range",
        "schema": {"type": "string"},
        "description": "The `ETag` of the answer that was interrupted; the whole is sent where it has changed.",
    },
)
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = {kind.mimetype: _BYTES for kind in FORMATS.values()}


class ArchiveQuery(Schema):
    """Which archive."""

    format = fields.String(
        load_default="zip",
        validate=validate.OneOf(list(FORMATS)),
        metadata={"description": "`zip`, or `tar`: of a large one, an interrupted `tar` goes on sooner."},
    )


@FILES.operation(
    "/api/v1/jobs/<job_id>/archive",
    auth=needs("jobs:read"),
    query=ArchiveQuery,
    headers=_HEADERS,
    answers={
        200: {"description": "The archive.", "content": _CONTENT},
        206: {"description": "The part that was asked for.", "content": _CONTENT},
        304: {"description": "The client has it already."},
    },
    errors=(409, 410, 416),
)
def get_archive(query: Mapping[str, str], job_id: str) -> Response:
    """Send all files of an ended job in one archive, under their own paths; of a batch, in a folder for each task.

    It is made while it is sent, always of the same bytes, and its length is known at once: `HEAD` tells it, and `Range`
    goes on where a download was cut off (`curl -C -`). Should a file not be what is listed any more, the download ends
    before its length: what was received then is not whole.
    """
    return send_archive(find_job(get_session(), current_user(), job_id), query["format"])
