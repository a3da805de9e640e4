"""``GET /api/v1/metrics/<what>/<app>``: how often one's own app was used, as A||GO tells it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from allgo_hpc.apps import find_own_app
from allgo_hpc.errors import NotFound
from allgo_hpc.near import did_you_mean
from allgo_hpc.reading.metrics import KINDS, STEPS, count_jobs, make_span
from allgo_hpc.states import FINAL
from web.api.groups import APPS
from web.auth import current_user, needs
from web.context import get_session

_DAY = "%Y-%m-%d"


class MetricsQuery(Schema):
    """Which days, and how they are put together."""

    step = fields.String(load_default="month", validate=validate.OneOf(STEPS))
    first = fields.Date(
        _DAY, data_key="from", metadata={"description": "First day, in UTC; default: a year before `to`."}
    )
    end = fields.Date(
        _DAY, data_key="to", metadata={"description": "The day after the last, in UTC; default: tomorrow."}
    )


_ROW = {
    "type": "object",
    "required": ["time_period", "n"],
    "properties": {
        "time_period": {
            "type": "string",
            "format": "date-time",
            "description": "When the period begins (UTC); a week on Monday. Periods without jobs are left out.",
        },
        "user": {"type": "integer", "description": "With `per_user`: number of the user."},
        "uname": {"type": "string", "description": "With `per_user`: their name."},
        "result": {
            "type": "string",
            "enum": ["in progress", *sorted(FINAL)],
            "description": "With `per_result`: how they ended.",
        },
        "n": {"type": "integer", "description": "How many jobs were created; of a batch each task counts."},
    },
}
_FIGURES = {
    "type": "object",
    "required": ["from", "to", "data"],
    "properties": {
        "from": {"type": "string", "description": "The first day, as `01-01-2017 00:00`."},
        "to": {"type": "string", "description": "The day after the last."},
        "data": {"type": "array", "items": _ROW},
    },
}
# Not a schema of marshmallow: apispec looks for none behind a name that is not known beforehand.
_ANSWER = {
    "description": "The figures, under the app's name.",
    "content": {
        "application/json": {
            "schema": {"type": "object", "additionalProperties": _FIGURES, "minProperties": 1, "maxProperties": 1}
        }
    },
}


@APPS.operation(
    "/api/v1/metrics/<what>/<app_name>", auth=needs("jobs:read"), query=MetricsQuery, answers={200: _ANSWER}
)
def get_metrics(query: Mapping[str, Any], what: str, app_name: str) -> Response:
    """Count the jobs of one's own app: `per_user`, `per_result`, or all that were `created`.

    `from` is inclusive, `to` exclusive; at most 50 years and 100 000 rows.
    """
    session = get_session()
    if what not in KINDS:
        shown = what if len(what) <= 64 and what.isprintable() else "(what was sent)"  # noqa: PLR2004
        raise NotFound(f"what: there are no figures '{shown}'{did_you_mean(what[:64], KINDS)}", field="what")
    app = find_own_app(session, current_user(), app_name, field="app_name")
    span = make_span(query.get("first"), query.get("end"), datetime.now(UTC).date())
    rows = count_jobs(session, app, what, query["step"], span)
    return jsonify({app.name: {"from": _midnight(span.first), "to": _midnight(span.end), "data": rows}})


def _midnight(day: date) -> str:
    return f"{day.day:02}-{day.month:02}-{day.year:04} 00:00"
