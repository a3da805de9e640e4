"""One thread per process watches for events, streams wait for it: one that is idle costs the database nothing."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.reading.events import events_after, newest_event
from allgo_hpc.states import JobState
from allgo_hpc.touched import Touched

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.1
_PROGRESS_EVERY = 10
"""Progress is looked at once in so many looks."""
_GLANCE_EVERY_S = 0.01
"""So often it is looked whether the sweep has told that there is news (allgo_hpc.sweeping.sweep), which
costs a look at a file. On a shared file system that may be seen late: then the next look at the database sees it."""
_AT_WORK = (JobState.RUNNING.value, JobState.FINISHING.value)


@dataclass(frozen=True)
class Said:
    """How far a running job's app said that it is."""

    job_id: int
    value: float
    message: str


@dataclass
class Listener:
    """One waiting stream: of one user's jobs, or of one of them."""

    user_id: int
    job_id: int | None = None
    woken: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> bool:
        """Wait until something happened to what is listened to, or for so long; returns whether something did."""
        happened = self.woken.wait(seconds)
        if happened:  # otherwise it may be set just now: that is for the next time
            self.woken.clear()
        return happened


class News:
    """Watches the database while somebody listens."""

    def __init__(
        self,
        sessions: Callable[[], Session],
        told: Path | None = None,
        closing: threading.Event | None = None,
    ) -> None:
        """Take what makes sessions; nothing runs until somebody listens.

        Args:
            sessions: gives sessions of its own.
            told: the file that says that there is news.
            closing: what ends all streams.
        """
        self._sessions = sessions
        self._told = Touched(told) if told is not None else None
        self._closing = closing or threading.Event()
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._progress: dict[int, list[Said]] = {}
        self._running = False

    @contextmanager
    def listen(self, user_id: int, job_id: int | None = None) -> Iterator[Listener]:
        """Listen; read the database once after this has begun, and again each time when woken."""
        listener = Listener(user_id, job_id)
        with self._lock:
            self._listeners.append(listener)
            if not self._running:
                self._running = True
                threading.Thread(target=self._watch, name="news", daemon=True).start()
        try:
            yield listener
        finally:
            with self._lock:
                self._listeners.remove(listener)

    def progress(self, user_id: int) -> list[Said]:
        """Return the progress of a listening user's running jobs, as of the last look."""
        return self._progress.get(user_id, [])

    def wake_all(self) -> None:
        """Let every stream look again: the process is about to end."""
        with self._lock:
            for listener in self._listeners:
                listener.woken.set()

    def _watch(self) -> None:
        last, looks = -1, 0
        while True:
            with self._lock:
                if not self._listeners:
                    self._running = False
                    self._progress = {}  # whoever listens next is not told what is over by then
                    return
                users = {listener.user_id for listener in self._listeners}
            if self._closing.is_set():
                self.wake_all()
            try:
                with self._sessions() as session:
                    last = self._look(session, last)
                    if looks % _PROGRESS_EVERY == 0:
                        self._look_at_progress(session, users)
            except Exception:
                # Whatever it is, streams must not wait for a thread that is not there any more.
                _log.exception("no news for now")
            looks += 1
            self._wait()

    def _wait(self) -> None:
        """Wait until it is time to look again, or the sweep has told that there is news."""
        until = time.monotonic() + _LOOK_EVERY_S
        while time.monotonic() < until and not (self._told and self._told.look()):
            time.sleep(_GLANCE_EVERY_S)

    def _look(self, session: Session, last: int) -> int:
        newest = newest_event(session)
        if last < 0:
            # Whoever began to listen before this look reads the database itself.
            self.wake_all()
            return newest
        while last < newest:
            events = events_after(session, last)
            if not events:
                return newest
            last = events[-1].id
            users = {event.user_id for event in events}
            jobs = {event.job_id for event in events} | {event.parent_id for event in events if event.parent_id}
            with self._lock:
                for listener in self._listeners:
                    wanted = listener.job_id in jobs if listener.job_id is not None else listener.user_id in users
                    if wanted:
                        listener.woken.set()
        return max(last, newest)

    def _look_at_progress(self, session: Session, users: set[int]) -> None:
        rows = session.execute(
            select(Job.user_id, Job.id, Job.progress, Job.progress_message).where(
                Job.state.in_(_AT_WORK), Job.user_id.in_(users), Job.progress.is_not(None)
            )
        )
        found: dict[int, list[Said]] = {}
        for user_id, job_id, value, message in rows:
            found.setdefault(user_id, []).append(Said(job_id, value or 0.0, message or ""))
        changed = {user for user in users if found.get(user, []) != self._progress.get(user, [])}
        self._progress = found
        with self._lock:
            for listener in self._listeners:
                if listener.user_id in changed:
                    listener.woken.set()
