"""Streams without waiting: a clock that is set by hand, and a listener that is woken by a script."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from allgo_hpc.models import Token, User
from allgo_hpc.tokens import Access, access_of_token
from tests.fast.web.portal import Portal
from web.live import streams
from web.live.feed import feed
from web.live.job_stream import Followed, job_stream
from web.live.news import Said
from web.live.streams import Patience

Step = Callable[[], object]


@dataclass
class Stage:
    """Runs a stream; each time that it waits, the next step is done. After the last one its time is over."""

    portal: Portal
    now: float = 1000.0
    user_id: int = 0
    steps: list[Step] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    patience: Patience | None = None
    by_session: bool = False
    """A page's script asks, not a token."""

    def wait(self, seconds: float) -> bool:
        """See web.live.news.Listener."""
        self.waited.append(seconds)
        assert self.patience is not None
        if not self.steps:
            self.now = self.patience.until
            return False
        return bool(self.steps.pop(0)())

    def progress(self, _user_id: int) -> list[Said]:
        """See web.live.news.News."""
        return list(self.said)

    def passes(self, seconds: float, *, woken: bool = False) -> Step:
        def step() -> bool:
            self.now += seconds
            return woken

        return step

    def _begin(self, seconds: float) -> Patience:
        with self.portal.app.app_context():
            if self.by_session:
                with self.portal.world.sessions() as session:
                    access = Access(session.get_one(User, self.portal.world.user.id))
            else:
                access = access_of_token(self.portal.world.session, self.portal.token)
        self.patience = Patience(access, self.now + seconds)
        return self.patience

    def job(
        self, job_id: int, *steps: Step, log: bool = True, offset: int = 0, wait: float = 1e6
    ) -> list[dict[str, Any]]:
        """Follow a job; gives the lines."""
        job = self.portal.job(job_id)
        path = self.portal.world.services.layout.job_dir(job) / "allgo.log" if log else None
        self.steps, self.user_id = list(steps), job.user_id
        patience = self._begin(wait)
        with self.portal.app.app_context():
            followed = Followed(job_id=job_id, log=path, offset=offset)
            told = job_stream(followed, patience, self.portal.world.sessions, self, self)  # type: ignore[arg-type]
            text = "".join(told)
        assert text.endswith("\n") or not text
        return [json.loads(line) for line in text.splitlines()]

    def feed(self, last: int, *steps: Step, wait: float = 1e6) -> str:
        """Follow all of the user's jobs; gives the text."""
        self.steps, self.user_id = list(steps), self.portal.world.user.id
        patience = self._begin(wait)
        with self.portal.app.app_context():
            return "".join(feed(last, patience, self.portal.world.sessions, self, self))  # type: ignore[arg-type]

    def token(self) -> Token:
        self.portal.world.session.expire_all()
        return self.portal.world.session.query(Token).order_by(Token.id.desc()).limit(1).one()


def make_stage(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(portal)
    monkeypatch.setattr(streams, "time", SimpleNamespace(monotonic=lambda: stage.now))
    return stage


def events(text: str) -> list[dict[str, Any]]:
    """The ``job`` events of a feed, as a browser reads them, with their ids."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if lines.get("event") == "job":
            data = json.loads(lines["data"])
            assert int(lines["id"]) == data["event"]
            found.append(data)
    return found
