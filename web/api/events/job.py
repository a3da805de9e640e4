"""``GET /api/v1/jobs/<id>/events``: A||GO's stream of one job."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, stream_with_context
from marshmallow import Schema, fields, validate

from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.reading.lookup import find_job
from web.api.groups import EVENTS
from web.auth import current_access, current_user, needs
from web.context import get_services, get_session, new_session
from web.live.job_stream import Followed, job_stream
from web.live.streams import Patience, get_streams

LONGEST_S = 24 * 3600.0


class WaitQuery(Schema):
    """How long a stream lasts."""

    wait = fields.Float(
        load_default=LONGEST_S,
        validate=validate.Range(0, LONGEST_S),
        metadata={"description": "Seconds that the stream may stay open; 0: tell what is known and end."},
    )


class JobEventsQuery(WaitQuery):
    """What of the job is told."""

    offset = fields.Integer(
        load_default=0,
        validate=validate.Range(-1, 2**53),
        metadata={"description": "Byte of allgo.log to begin with; -1: no log."},
    )


@EVENTS.operation(
    "/api/v1/jobs/<job_id>/events",
    auth=needs("jobs:read"),
    query=JobEventsQuery,
    answers={
        200: {
            "description": 'One JSON object a line: `{"status": …, "state": …}` for where the job stands and each '
            'change, `{"logs": text, "offset": bytes}`, `{"progress": 0.4, "message": …}`, `{}` as a sign of '
            'life, `{"logs": ""}` at the log\'s end, `{"eof": null}` last.',
            "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
        }
    },
    errors=(410,),
)
def get_job_events(query: Mapping[str, Any], job_id: str) -> Response:
    """Follow a job: its states and its log as they come.

    A stream that ends without `eof` goes on with the offset that was reached.
    """
    access, session = current_access(), get_session()
    job = find_job(session, current_user(), job_id)
    path = get_services().layout.job_dir(job) / LOG_NAME if query["offset"] >= 0 and not job.tasks else None
    followed = Followed(job_id=job.id, log=path, offset=max(0, query["offset"]))
    user_id, streams = job.user_id, get_streams()
    session.commit()  # nothing of the database is held while the stream waits

    def lines() -> Iterator[str]:
        with streams.slot() as taken, streams.news.listen(user_id, followed.job_id) as listener:
            patience = Patience(access, time.monotonic() + (query["wait"] if taken else 0.0))
            yield from job_stream(followed, patience, new_session, streams.news, listener)

    answer = Response(stream_with_context(lines()), mimetype="application/x-ndjson")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would hold lines back
    return answer
