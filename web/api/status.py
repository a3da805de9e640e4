"""``GET /api/v1/status``: whether the portal answers, and since when jobs are followed."""

from flask import Blueprint, Response, jsonify

from allgo_hpc import __version__
from allgo_hpc.jobs.lookup import count_unfinished
from allgo_hpc.sweeping.lease import lease_renewed_at
from web.app import get_session

blueprint = Blueprint("status", __name__)


@blueprint.get("/api/v1/status")
def get_status() -> Response:
    """Tell the version, the number of unfinished jobs and the time of the last sweep."""
    session = get_session()
    swept = lease_renewed_at(session)
    return jsonify(
        {
            "version": __version__,
            "unfinished_jobs": count_unfinished(session),
            "swept_at": swept.isoformat(timespec="milliseconds").replace("+00:00", "Z") if swept else None,
        }
    )
