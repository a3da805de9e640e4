"""``/api/v1/apps/<name>/events``: what happens to the sandbox and the commits of an app, as it happens."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request, stream_with_context

from allgo_hpc.apps import find_own_app
from allgo_hpc.commits.events import app_events_after, newest_app_event, progress_of
from web.api.events.feed import HEADER, EventsQuery, last_seen
from web.api.groups import SANDBOXES
from web.auth import current_access, current_user, needs
from web.context import get_session, new_session
from web.live.feed import sse
from web.live.streams import Patience, get_streams

_LOOK_EVERY_S = 0.25


@SANDBOXES.operation(
    "/api/v1/apps/<app_name>/events",
    auth=needs("apps:write"),
    query=EventsQuery,
    headers=(HEADER,),
    answers={
        200: {
            "description": "Events `sandbox` and `commit` (with `id`): `event`, `commit`, `old`, `state`, `reason`, "
            "`at`; and `progress`: `commit`, `state`, `percent`, `log`.",
            "content": {"text/event-stream": {}},
        }
    },
)
def get_app_events(query: Mapping[str, Any], app_name: str) -> Response:
    """Follow the sandbox and the commits of one's own app, so that nobody needs to poll.

    Without an id it begins with what happens from now on; with one no event between is missed.
    """
    access, session, streams = current_access(), get_session(), get_streams()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    app_id, newest = app.id, newest_app_event(session, app)
    seen = last_seen(query, request.headers)
    last = min(seen, newest) if seen >= 0 else newest
    session.commit()  # nothing of the database is held while the stream waits

    def text() -> Iterator[str]:
        with streams.slot() as taken:
            patience = Patience(access, time.monotonic() + (query["wait"] if taken else 0.0))
            yield from _follow(app_id, last, patience)

    answer = Response(stream_with_context(text()), mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would hold events back
    return answer


def _follow(app_id: int, last: int, patience: Patience) -> Iterator[str]:
    yield "retry: 2000\n\n"
    told: dict[str, Any] | None = None
    while True:
        with new_session() as session:
            events = app_events_after(session, app_id, last)
            progress = progress_of(session, app_id)
        for event in events:
            last = event["event"]
            yield sse("sandbox" if event["commit"] is None else "commit", event, last)
            patience.told()
        if progress is not None and progress != told:
            told = progress
            yield sse("progress", progress)
            patience.told()
        if patience.is_over() or patience.is_withdrawn():
            return
        if patience.silence_is_long():
            yield ": still here\n\n"
            patience.told()
        time.sleep(patience.left(_LOOK_EVERY_S))
