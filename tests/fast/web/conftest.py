"""A portal of one's own for each test: Flask's client, a Slurm made of lists, SQLite (PostgreSQL where a test asks)."""

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from werkzeug.routing import Rule

from allgo_hpc.accounts import add_user
from allgo_hpc.database import make_engine, session_factory
from tests.fakes import FakeSlurm
from tests.fast.domain.databases import Databases
from tests.fast.domain.world import World, add_app, make_services
from tests.fast.web.portal import Portal
from web.app import create_app
from web.limits import limiter

MakePortal = Callable[..., Portal]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture
def make_portal(databases: Databases, tmp_path: Path) -> Iterator[MakePortal]:
    """Make portals with settings of their own: ``make_portal(upload_max_files=3)``."""
    with portals(databases, tmp_path) as make:
        yield make


@contextmanager
def portals(databases: Databases, folder: Path) -> Iterator[MakePortal]:
    """Give what makes portals, whose files are in a folder."""
    with ExitStack() as opened:

        def make(kind: str = "sqlite", root: Path = folder / "root", **settings: Any) -> Portal:
            url = opened.enter_context(databases.fresh(kind))
            engine = make_engine(url)
            opened.callback(engine.dispose)
            slurm = FakeSlurm()
            services = make_services(root, slurm, database_url=url, **settings)
            sessions = session_factory(engine)
            session = opened.enter_context(sessions())
            author = add_user(session, name="author", email="author@example.org", role="author")
            user = add_user(session, name="ada", email="ada@example.org")
            app = add_app(session, author)
            world = World(services, sessions, session, slurm, user, app, app.versions[0])
            flask = create_app(services.settings, services)
            opened.callback(_none_open, services.layout.staging)
            opened.callback(_dispose, flask)
            limiter.reset()
            portal = Portal(flask, flask.test_client(), world, "")
            portal.token = portal.token_of(user)
            return portal

        yield make


@pytest.fixture(scope="session", autouse=True)
def addresses_made_when_asked() -> Iterator[None]:
    """Compile what writes a view's address when a test first asks for one.

    Werkzeug compiles two functions for each of 210 rules whenever a portal is made, which is three quarters of the time
    of making it, and most tests ask for none.
    """
    compiled = Rule._compile_builder

    def late(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        once = functools.cache(lambda: compiled(rule, append_unknown))
        return lambda its_rule, /, **values: once()(its_rule, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", late)
        yield


def _none_open(staging: Path) -> None:
    """No request may have left one of a form's files open, whatever became of it."""
    opened = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # that of this listing
            opened.append(str(link.readlink()))
    assert not [path for path in opened if path.startswith(str(staging)) and "/files/" in path]


def _dispose(flask: Any) -> None:
    # One that is looking would give its connection back to a pool that nobody closes any more.
    for thread in threading.enumerate():
        if thread.name == "news":
            thread.join(10)
    with flask.app_context():
        flask.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def portal(make_portal: MakePortal) -> Portal:
    return make_portal()
