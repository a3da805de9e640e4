"""The part of the sweep's process that brings commits and sandboxes on, each in a thread: images take a while.

A lease keeps it alone. Two at once would do no harm: every move is a compare-and-swap, every call to the build node can
be made again.
"""

import logging
import threading
import time
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.commits.states import CommitState, SandboxState
from allgo_hpc.commits.steps import step as commit_step
from allgo_hpc.models import Commit, Sandbox, utc_now
from allgo_hpc.sandboxes.steps import step as sandbox_step
from allgo_hpc.sandboxes.watch import watch
from allgo_hpc.services import Services
from allgo_hpc.sweeping.lease import give_lease_back, take_lease
from allgo_hpc.touched import Touched
from containers import ContainerError

_log = logging.getLogger(__name__)
LEASE = "authors"
LEASE_S = 15.0
ANEW_S = 1.0
"""So soon the asking begins anew where it failed; see allgo_hpc.sweeping.process for why it is no tick."""
POKE_S = 0.01
"""How often that is asked, which costs one look at a file."""
BUSY_S = 0.1
"""How often is looked while something is under way, or while pokes follow each other."""
INTERVAL_S = 0.5
"""How often is looked while nothing is under way and nobody pokes."""
WATCH_S = 30.0
"""How often the build node is asked what its sandboxes do, as long as there is one."""
THREADS = 4
_QUESTIONS = 2
_MOVING = [state.value for state in (SandboxState.STARTING, SandboxState.STOPPING, SandboxState.DISCARDING)]
_THERE = [SandboxState.RUNNING.value, SandboxState.STOPPED.value]

type Item = tuple[str, int]


class AuthorWork:
    """Begins a turn of each commit and sandbox that is under way; one turn of each at a time."""

    def __init__(self, sessions: sessionmaker[Session], services: Services, holder: str) -> None:
        """Take what it works with."""
        self._sessions = sessions
        self._services = services
        self._holder = holder
        self._lock = threading.Lock()
        self._running: set[Item] = set()
        self._renew_at = self._watch_at = 0.0
        self._looked_at, self._look_at = float("-inf"), 0.0
        self._poke = Touched(services.layout.poke)
        self._ending = False

    def tick(self) -> int:
        """Look if it is time to: something is under way, an author has poked, or the last look is a while ago."""
        now = time.monotonic()
        if self._poke.look():
            self._look_at = min(self._look_at, self._looked_at + BUSY_S)
        if now < self._look_at:
            return 0
        self._looked_at, self._look_at = now, now + INTERVAL_S
        begun = self.once()
        if begun or self._running:
            self._look_at = now + BUSY_S
        return begun

    def take(self) -> None:
        """Ask again and again whether to look, until the process ends."""
        while not self._ending:
            self.tick()
            time.sleep(POKE_S)

    def once(self) -> int:
        """Begin the turns that are due; returns how many. Does not wait for them."""
        with self._sessions() as session:
            due: list[Item] = [("commit", one) for one in session.scalars(_unfinished())]
            due += [("sandbox", one) for one in session.scalars(_moving())]
            watched = session.scalar(select(Sandbox.app_id).limit(1)) is not None
            if watched and time.monotonic() >= self._watch_at:
                due.append(("watch", 0))
            if not due or not self._holds_lease(session):
                return 0
        return sum(self._begin(item) for item in due)

    def give_back(self) -> None:
        """Begin nothing more, and let another process take over at once."""
        self._ending = True
        with self._sessions() as session:
            give_lease_back(session, self._holder, name=LEASE)

    def turn(self, item: Item) -> None:
        """Do the turn of one of them, here and now; a commit goes on until it has to wait for something."""
        kind, number = item
        with self._sessions() as session:
            if kind == "commit":
                commit, before = session.get_one(Commit, number), ""
                while commit.state != before:
                    before = commit.state
                    commit_step(session, self._services, commit)
                if not CommitState(commit.state).is_final:
                    return
            elif kind == "sandbox" and (sandbox := session.get(Sandbox, number)) is not None:
                sandbox_step(session, self._services, sandbox)
            elif kind == "watch":
                watch(session, self._services)
            self._prepare(session)

    def _prepare(self, session: Session) -> None:
        """Let the build node be prepared for the next commit, which begins with two questions; if there may be one."""
        may_be = session.scalar(select(Sandbox.app_id).limit(1)) is not None
        session.commit()
        try:
            self._services.need_build_node().prepare(_QUESTIONS if may_be else 0)
        except ContainerError as error:
            _log.debug("nothing waits at the build node: %s", error)

    def _holds_lease(self, session: Session) -> bool:
        if time.monotonic() < self._renew_at:
            return True
        held = take_lease(session, self._holder, now=utc_now(), seconds=LEASE_S, name=LEASE)
        self._renew_at = time.monotonic() + LEASE_S / 3 if held else 0.0
        return held

    def _begin(self, item: Item) -> bool:
        with self._lock:
            if item in self._running or len(self._running) >= THREADS:
                return False
            self._running.add(item)
        # A daemon: this process ends when it is told to, and what was under way is done again by the next one.
        threading.Thread(target=self._guarded, args=(item,), name="-".join(map(str, item)), daemon=True).start()
        return True

    def _guarded(self, item: Item) -> None:
        try:
            self.turn(item)
        except Exception:
            _log.exception("%s %s: its turn failed; the next one is due", *item)
        finally:
            if item[0] == "watch":
                self._watch_at = time.monotonic() + WATCH_S
            with self._lock:
                self._running.discard(item)


def add_author_jobs(
    scheduler: Any,  # noqa: ANN401  # APScheduler has no types
    sessions: sessionmaker[Session],
    services: Services,
    holder: str,
) -> AuthorWork:
    """Let a scheduler bring commits and sandboxes on."""
    logging.getLogger("paramiko").setLevel(logging.WARNING)  # it would tell of each connection
    work = AuthorWork(sessions, services, holder)

    def work_job() -> None:
        try:
            work.take()
        except Exception:
            _log.exception("commits and sandboxes: nothing was begun this time; the next is due")

    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    scheduler.add_job(work_job, "interval", seconds=ANEW_S, **options)
    return work


def _unfinished() -> Any:  # noqa: ANN401
    return select(Commit.id).where(Commit.finished_at.is_(None)).order_by(Commit.id)


def _moving() -> Any:  # noqa: ANN401
    keys_changed = and_(Sandbox.state.in_(_THERE), Sandbox.keys_sha256 == "")
    return select(Sandbox.app_id).where(or_(Sandbox.state.in_(_MOVING), keys_changed)).order_by(Sandbox.changed_at)
