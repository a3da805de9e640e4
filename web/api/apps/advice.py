"""``GET /api/v1/apps/<name>/advice``: which queue to take."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from allgo_hpc.apps import find_app, find_version
from allgo_hpc.models import utc_now
from allgo_hpc.reading.advice import advise, recommend
from allgo_hpc.reading.history import history_of
from allgo_hpc.times import stamp
from web.api.groups import APPS
from web.auth import current_user, needs
from web.context import get_services, get_session


class AdviceQuery(Schema):
    """What is going to be submitted."""

    input_bytes = fields.Integer(
        validate=validate.Range(0, 2**53), metadata={"description": "Bytes of the inputs together, where known."}
    )


class Past(Schema):
    """What the app's past says."""

    jobs = fields.Integer(required=True, metadata={"description": "How many ended jobs this rests on."})
    alike = fields.Boolean(required=True, metadata={"description": "Only those with inputs of about that size."})
    median_seconds = fields.Float(required=True, allow_none=True)
    p95_seconds = fields.Float(required=True, allow_none=True)
    failed_share = fields.Float(required=True, allow_none=True)


class QueueAdviceEntry(Schema):
    """What is said of one queue."""

    name = fields.String(required=True)
    minutes = fields.Integer(required=True)
    starts_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "As the cluster stands now."})
    within_limit = fields.Float(required=True, allow_none=True, metadata={"description": "Share of such jobs."})
    closed = fields.Boolean(required=True, metadata={"description": "It starts no jobs at the moment."})
    refused = fields.String(required=True, metadata={"description": "Why Slurm would not take such a job."})
    sentence = fields.String(required=True)


class AdviceAnswer(Schema):
    """Which queue to take, and why."""

    recommended = fields.String(required=True)
    queues = fields.List(fields.Nested(QueueAdviceEntry), required=True)
    history = fields.Nested(Past, required=True)


@APPS.operation(
    "/api/v1/apps/<app_name>/advice", auth=needs("jobs:read"), query=AdviceQuery, answers={200: AdviceAnswer}
)
def get_advice(query: Mapping[str, Any], app_name: str) -> Response:
    """Tell which queue would start a job of this app when, and what share of such jobs ends within its limit.

    Slurm is asked without a job being created; where it does not answer, the app's past alone speaks.
    """
    session, services, user = get_session(), get_services(), current_user()
    app = find_app(session, user, app_name, field="app_name")
    version = find_version(session, user, app, None, field="app_name")
    history = history_of(session, app, input_bytes=query.get("input_bytes"))
    session.commit()  # nothing is held while Slurm is asked
    advice = advise(services, app, version, history, utc_now())
    return jsonify(
        {
            "recommended": recommend(advice, app.default_queue),
            "queues": [
                {
                    "name": one.queue.name,
                    "minutes": one.queue.minutes,
                    "starts_at": stamp(one.starts_at),
                    "within_limit": one.within,
                    "closed": one.closed,
                    "refused": one.refused,
                    "sentence": one.sentence,
                }
                for one in advice
            ],
            "history": {
                "jobs": len(history.runs),
                "alike": history.alike,
                "median_seconds": history.quantile(0.5),
                "p95_seconds": history.quantile(0.95),
                "failed_share": history.failed_share,
            },
        }
    )
