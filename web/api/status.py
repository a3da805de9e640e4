"""``GET /api/v1/status``: whether the portal answers, and since when jobs are followed."""

from flask import Response, jsonify
from marshmallow import Schema, fields

from allgo_hpc import __version__
from allgo_hpc.reading.lookup import count_unfinished
from allgo_hpc.sweeping.lease import lease_renewed_at
from allgo_hpc.times import stamp
from web.api.groups import PORTAL
from web.auth import ANYBODY
from web.context import get_session


class Status(Schema):
    """The portal's state."""

    version = fields.String(required=True)
    unfinished_jobs = fields.Integer(required=True)
    swept_at = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "When jobs were last followed."}
    )


@PORTAL.operation("/api/v1/status", auth=ANYBODY, answers={200: Status})
def get_status() -> Response:
    """Tell the version, the number of unfinished jobs and the time of the last sweep."""
    session = get_session()
    return jsonify(
        {
            "version": __version__,
            "unfinished_jobs": count_unfinished(session),
            "swept_at": stamp(lease_renewed_at(session)),
        }
    )
