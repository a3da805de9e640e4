"""The stream of one job, as A||GO has it: lines of JSON with its states and its log, until both have ended."""

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from allgo_hpc.jobs.log import read_log
from allgo_hpc.models import Job
from allgo_hpc.reading.events import job_events
from allgo_hpc.states import JobState
from allgo_hpc.times import stamp
from web.live.news import Listener, News, Said
from web.live.streams import KEEPALIVE_S, Patience

_CHUNK = 64 * 1024
_LOG_EVERY_S = 0.25
"""How often a log is looked at: nothing tells that it grew."""


@dataclass
class Followed:
    """What has been told of a job so far.

    Attributes:
        job_id: of the job.
        log: where its log lies; None where it has none or none is wanted.
        offset: byte of the log up to which it was told.
        event: number of the last event that was told.
        state: the state that was last told.
        progress: the progress that was last told.
    """

    job_id: int
    log: Path | None
    offset: int = 0
    event: int = 0
    state: JobState | None = None
    progress: Said | None = None


def job_stream(
    followed: Followed, patience: Patience, sessions: Callable[[], Session], news: News, listener: Listener
) -> Iterator[str]:
    """Give the lines of the stream, each ended by a line feed.

    It ends with ``{"eof": null}`` where all is told, and without where the client's time is over: then the client comes
    back with the offset that it has reached.
    """
    fresh = True
    while True:
        lines: list[dict[str, Any]] = []
        if fresh:
            with sessions() as session:
                lines += _states(session, followed)
        lines += _progress(news.progress(listener.user_id), followed)
        more_log = _log(followed, lines)
        if lines:
            yield _text(lines)
            patience.told()
        ended = followed.state is not None and followed.state.is_final
        if ended and more_log is False:
            yield _text([*([{"logs": "", "offset": followed.offset}] if followed.log else []), {"eof": None}])
            return
        if patience.is_over() or patience.is_withdrawn():
            return
        if patience.silence_is_long():
            yield _text([{}])
            patience.told()
        if more_log:
            fresh = False
            continue
        fresh = listener.wait(patience.left(_LOG_EVERY_S if followed.log else KEEPALIVE_S))


def _states(session: Session, followed: Followed) -> list[dict[str, Any]]:
    """Return what happened since the last look; at first, where the job stands."""
    events = [event for event in job_events(session, followed.job_id) if event.id > followed.event]
    if followed.state is None:
        job = session.get_one(Job, followed.job_id)
        # The row may be newer than the events that were read before it: those that are to come tell it.
        followed.event = events[-1].id if events else 0
        followed.state = JobState(events[-1].new if events else job.state)
        reason = job.reason if job.state == followed.state else events[-1].detail
        return [_state_line(followed.state, reason, stamp(events[-1].at if events else job.created_at))]
    lines = []
    for event in events:
        followed.event, followed.state = event.id, JobState(event.new)
        lines.append(_state_line(followed.state, event.detail, stamp(event.at)))
    return lines


def _state_line(state: JobState, reason: str, at: str | None) -> dict[str, Any]:
    return {"status": state.value.upper(), "state": state.value, "reason": reason, "at": at}


def _progress(all_said: list[Said], followed: Followed) -> list[dict[str, Any]]:
    said = next((one for one in all_said if one.job_id == followed.job_id), None)
    if said is None or said == followed.progress:
        return []
    followed.progress = said
    return [{"progress": said.value, "message": said.message}]


def _log(followed: Followed, lines: list[dict[str, Any]]) -> bool | None:
    """Add the next part of the log; returns whether there is more to read at once, None where it cannot be read now.

    What is no UTF-8 is told as U+FFFD: the offset in the line, not the length of its text, says how far it was read.
    """
    if followed.log is None:
        return False
    try:
        data, size = read_log(followed.log, followed.offset, _CHUNK)
    except OSError:  # the shared file system does not answer: what is there is told later
        return None
    final = followed.state is not None and followed.state.is_final
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(data, final=final and followed.offset + len(data) >= size)
    read = len(data) - len(decoder.getstate()[0])  # a character that is cut in two waits for its other half
    if read:
        followed.offset += read
        lines.append({"logs": text, "offset": followed.offset})
    return bool(read) and followed.offset < size


def _text(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)
