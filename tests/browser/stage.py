"""A portal for a browser: the real application behind a real socket, with a Slurm made of lists and something of all.

What needs a cluster behind the pages is played in tests/cluster.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.serving import make_server

from allgo_hpc.accounts import add_user
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.models import Job, User
from slurm import State
from tests.fakes import FakeSlurm
from tests.fast.domain.databases import Databases
from tests.fast.domain.world import World, add_app, make_services
from web.app import create_app
from web.limits import limiter
from web.live import streams
from web.live.streams import get_streams

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PASSWORD = "correct horse battery"


@dataclass
class Stage:
    """The portal, its address and its world; ``ids`` names what the pages of tests/browser/places.py are about."""

    flask: Flask
    url: str
    world: World
    ids: dict[str, Any] = field(default_factory=dict)

    def user(self, name: str, role: str = "user") -> User:
        """Make a user who can sign in with PASSWORD."""
        return add_user(self.world.session, name=name, email=f"{name}@example.org", role=role, password=PASSWORD)

    def ended(self, left: dict[str, bytes], *, state: State = State.COMPLETED, code: int = 0, **more: Any) -> Job:
        """Submit a job, let it leave these files, and end it."""
        job = self.world.submit(**more)
        folder = self.world.services.layout.job_dir(job)
        for name, content in left.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.world.slurm.say(job.uuid, state, exit_code=code, signal=0)
        self.world.sweep()
        self.world.session.refresh(job)
        return job


@contextmanager
def stage(folder: Path, **settings: Any) -> Iterator[Stage]:
    """Start the portal; ends it afterwards."""
    with ExitStack() as opened:
        databases = Databases(folder / "databases")
        (folder / "databases").mkdir(parents=True, exist_ok=True)
        opened.callback(databases.close)
        url = opened.enter_context(databases.fresh("sqlite"))
        engine = make_engine(url)
        opened.callback(engine.dispose)
        slurm = FakeSlurm()
        services = make_services(folder / "root", slurm, database_url=url, **settings)
        sessions = session_factory(engine)
        session = opened.enter_context(sessions())
        author = add_user(session, name="bob", email="bob@example.org", role="author", password=PASSWORD)
        user = add_user(session, name="ada", email="ada@example.org", password=PASSWORD)
        add_user(session, name="root", email="root@example.org", role="admin", password=PASSWORD)
        app = add_app(session, author, title="Text statistics", contact="bob@example.org")
        flask = create_app(services.settings, services)
        limiter.enabled = False
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        opened.callback(_dispose, flask)
        server = make_server("127.0.0.1", 0, partial(_closed_in_any_case, flask), threaded=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="stage", daemon=True)
        thread.start()
        opened.callback(thread.join)
        opened.callback(server.shutdown)
        world = World(services, sessions, session, slurm, user, app, app.versions[0])
        yield Stage(flask, f"http://127.0.0.1:{server.port}", world)


def _closed_in_any_case(flask: Flask, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterator[bytes]:
    """Answer, and close what is sent even where werkzeug's server does not: when the browser cuts a request off."""
    sent = flask(environ, start_response)
    try:
        yield from sent
    finally:
        if (close := getattr(sent, "close", None)) is not None:
            close()


def _dispose(flask: Flask) -> None:
    with flask.app_context():
        _end_streams()
        # Requests that the browser left behind, and the thread that looks for news, have a connection while they work.
        # One that waits for a request on an idle socket has none, and never ends; so it is not waited for for long.
        for each in threading.enumerate():
            if each.name == "news" or "process_request_thread" in each.name:
                each.join(10 if each.name == "news" else 1)
        flask.extensions["sqlalchemy"].engine.dispose()


def _end_streams() -> None:
    """Let the streams of pages that were closed end now; one that looked later would open a connection for itself."""
    streams._closing.set()
    until = time.monotonic() + 15
    while get_streams().open and time.monotonic() < until:
        time.sleep(0.05)
    streams._closing.clear()
