"""The stream of all of somebody's jobs, as server-sent events (HTML standard, 9.2)."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from allgo_hpc.reading.events import MOST, Happened, event_answer, events_after
from web.live.news import Listener, News, Said
from web.live.streams import KEEPALIVE_S, Patience

_RETRY_MS = 2000


def feed(
    last: int, patience: Patience, sessions: Callable[[], Session], news: News, listener: Listener
) -> Iterator[str]:
    """Give the text of the stream: an event ``job`` for each change, ``progress`` for what running apps say.

    Only ``job`` events have an id: a client that comes back with the last one misses none. Progress is a level, the
    present one is told again.
    """
    yield f"retry: {_RETRY_MS}\n\n"
    told: dict[int, Said] = {}
    while True:
        for event in _new_events(sessions, listener.user_id, last):
            yield sse("job", event_answer(event), event.id)
            last = event.id
            patience.told()
        for said in news.progress(listener.user_id):
            if told.get(said.job_id) != said:
                told[said.job_id] = said
                yield sse("progress", {"job": said.job_id, "progress": said.value, "message": said.message})
                patience.told()
        happened = False
        while not happened:
            happened = listener.wait(patience.left(KEEPALIVE_S))
            if patience.is_over() or patience.is_withdrawn():
                return
            if patience.silence_is_long():
                yield ": still here\n\n"
                patience.told()


def _new_events(sessions: Callable[[], Session], user_id: int, last: int) -> Iterator[Happened]:
    """Give all events after a number, some at a time; no session is open while they are sent."""
    found: list[Happened] = []
    while not found or len(found) == MOST:
        with sessions() as session:
            found = events_after(session, found[-1].id if found else last, user_id=user_id)
        yield from found
        if not found:
            return


def sse(kind: str, data: dict[str, Any], number: int | None = None) -> str:
    """Return one event; JSON in ASCII has no line feed that could end it early."""
    mark = f"id: {number}\n" if number is not None else ""
    return f"{mark}event: {kind}\ndata: {json.dumps(data)}\n\n"
