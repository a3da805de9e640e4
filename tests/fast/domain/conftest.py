"""A portal of one's own for each test, once on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.accounts import add_user
from allgo_hpc.database import make_engine, session_factory
from allgo_hpc.services import Services
from tests.fakes import FakeSlurm
from tests.fast.domain.databases import KINDS, Databases
from tests.fast.domain.postgres import server_programs
from tests.fast.domain.workbench import Workbench, make_workbench
from tests.fast.domain.world import World, add_app, make_services

NEED_SERVER = pytest.mark.skipif(server_programs() is None, reason="no PostgreSQL server is installed here")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=[pytest.param(kind, marks=NEED_SERVER if kind != "sqlite" else ()) for kind in KINDS])
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    with databases.fresh(request.param) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return session_factory(engine)


@pytest.fixture
def session(sessions: sessionmaker[Session]) -> Iterator[Session]:
    with sessions() as made:
        yield made


@pytest.fixture
def slurm() -> FakeSlurm:
    return FakeSlurm()


@pytest.fixture
def services(tmp_path: Path, slurm: FakeSlurm) -> Services:
    return make_services(tmp_path / "root", slurm, lost_after_s=300.0, resubmit_after_s=30.0)


@pytest.fixture
def world(services: Services, sessions: sessionmaker[Session], session: Session, slurm: FakeSlurm) -> World:
    author = add_user(session, name="author", email="author@example.org", role="author")
    user = add_user(session, name="ada", email="ada@example.org")
    app = add_app(session, author)
    return World(services, sessions, session, slurm, user, app, app.versions[0])


@pytest.fixture
def bench(world: World) -> Workbench:
    return make_workbench(world)
