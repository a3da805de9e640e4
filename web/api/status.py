"""``GET /api/v1/status``: whether the portal answers, and since when jobs are followed."""

from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields

from allgo_hpc import __version__
from allgo_hpc.models import Health
from allgo_hpc.reading.lookup import count_unfinished
from allgo_hpc.sweeping.health import ACCOUNTING, CONTROLLER, read_health
from allgo_hpc.sweeping.lease import lease_renewed_at
from allgo_hpc.times import stamp
from web.api.groups import PORTAL
from web.auth import ANYBODY
from web.context import get_session


class Part(Schema):
    """One part of the cluster."""

    answers = fields.Boolean(
        required=True, allow_none=True, metadata={"description": "Null as long as it was not asked."}
    )
    answered_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "When it last answered."})
    silent_since = fields.DateTime(required=True, allow_none=True, metadata={"description": "Null while it answers."})


class Cluster(Schema):
    """Slurm, as the sweep last heard it."""

    controller = fields.Nested(Part, required=True)
    accounting = fields.Nested(Part, required=True, metadata={"description": "Asked only when it is needed."})


class Status(Schema):
    """The portal's state."""

    version = fields.String(required=True)
    unfinished_jobs = fields.Integer(required=True)
    cluster = fields.Nested(Cluster, required=True)
    swept_at = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "When jobs were last followed."}
    )


@PORTAL.operation("/api/v1/status", auth=ANYBODY, answers={200: Status})
def get_status() -> Response:
    """Tell the version, how many jobs are unfinished, when they were last followed, and whether the cluster answers."""
    session = get_session()
    health = read_health(session)
    return jsonify(
        {
            "version": __version__,
            "unfinished_jobs": count_unfinished(session),
            "cluster": {name: _part(health.get(name)) for name in (CONTROLLER, ACCOUNTING)},
            "swept_at": stamp(lease_renewed_at(session)),
        }
    )


def _part(row: Health | None) -> dict[str, Any]:
    if row is None:
        return {"answers": None, "answered_at": None, "silent_since": None}
    return {
        "answers": row.silent_since is None,
        "answered_at": stamp(row.answered_at),
        "silent_since": stamp(row.silent_since),
    }
