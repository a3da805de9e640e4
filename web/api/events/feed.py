"""``GET /api/v1/events``: every change of one's own jobs, as server-sent events."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request, stream_with_context
from marshmallow import fields, validate
from werkzeug.datastructures import Headers

from allgo_hpc.errors import BadInput
from allgo_hpc.reading.events import newest_event
from web.api.events.job import WaitQuery
from web.api.groups import EVENTS
from web.auth import current_access, current_user, needs
from web.context import get_session, new_session
from web.live.feed import feed
from web.live.streams import Patience, get_streams

_MOST = 2**53
_DIGITS = 16
HEADER = {
    "in": "header",
    "name": "Last-Event-ID",
    "schema": {"type": "string", "pattern": "^[0-9]{0,16}$"},
    "description": "The last event that was received, as browsers send it; the stream goes on after it.",
}


class EventsQuery(WaitQuery):
    """Where to begin."""

    last_event_id = fields.Integer(
        validate=validate.Range(0, _MOST), metadata={"description": "The same for clients that cannot set the header."}
    )


@EVENTS.operation(
    "/api/v1/events",
    auth=needs("jobs:read"),
    query=EventsQuery,
    headers=(HEADER,),
    answers={
        200: {
            "description": "Events `job` (with `id`): `event`, `job`, `parent`, `app`, `old`, `state`, `status`, "
            "`reason`, `at`; and `progress`: `job`, `progress`, `message`.",
            "content": {"text/event-stream": {}},  # OpenAPI 3.0 has no schema for what a stream of events holds
        }
    },
)
def get_events(query: Mapping[str, Any]) -> Response:
    """Follow all of one's own jobs, so that nobody needs to poll.

    Without an id it begins with what happens from now on; with one no event between is missed.
    """
    access, session, streams = current_access(), get_session(), get_streams()
    user_id = current_user().id
    newest = newest_event(session)
    # A client that has seen more than there is followed another database (one that was restored): it begins anew.
    last = min(last_seen(query, request.headers), newest) if last_seen(query, request.headers) >= 0 else newest
    session.commit()  # nothing of the database is held while the stream waits

    def text() -> Iterator[str]:
        with streams.slot() as taken, streams.news.listen(user_id) as listener:
            patience = Patience(access, time.monotonic() + (query["wait"] if taken else 0.0))
            yield from feed(last, patience, new_session, streams.news, listener)

    answer = Response(stream_with_context(text()), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back
    return answer


def last_seen(query: Mapping[str, Any], headers: Headers) -> int:
    """Return the number of the last event that a client says it has; -1 where it says none.

    Raises:
        BadInput: the header is no number.
    """
    sent = headers.get("Last-Event-ID", "")
    if not sent:
        return int(query.get("last_event_id", -1))
    if not (sent.isascii() and sent.isdigit() and len(sent) <= _DIGITS and int(sent) <= _MOST):
        raise BadInput("Last-Event-ID: the id of an event, a whole number", field="Last-Event-ID")
    return int(sent)
