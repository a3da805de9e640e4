"""Databases with the portal's schema, empty for each test, migrated once."""

import itertools
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy

from allgo_hpc.database import make_engine
from allgo_hpc.models import Base
from allgo_hpc.schema import upgrade
from tests.fast.domain.postgres import postgres_server, server_programs

KINDS = ["sqlite", "postgresql"]

_TABLES = tuple(Base.metadata.tables.values())
_TRUNCATE = f"TRUNCATE {', '.join(f'"{table.name}"' for table in _TABLES)} RESTART IDENTITY CASCADE"
_DELETE = "; ".join(
    (
        "SELECT set_config('session_replication_role', 'replica', true)",  # in any order, whatever refers to what
        *(str(table.delete()) for table in _TABLES),
        "SELECT setval(quote_ident(sequencename), 1, false) FROM pg_sequences WHERE schemaname = 'public'",
    )
)
"""TRUNCATE makes the file of each table and index anew, 150 of them, and takes three to ten times as long as deleting a
test's few rows. But deleted rows stay in their files until TRUNCATE is done now and then."""
_OFTEN = 50


class Databases:
    """Gives fresh databases of both kinds; the server is started when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._open = ExitStack()
        self._server: str | None = None
        self._used = 0
        self._template: Path | None = None

    def close(self) -> None:
        self._open.close()

    @contextmanager
    def fresh(self, kind: str, *, migrated: bool = True) -> Iterator[str]:
        """Give the URL of a database of one's own."""
        name = f"test_{next(self._numbers)}"
        if kind == "sqlite":
            path = self._folder / f"{name}.db"
            if migrated:
                shutil.copy(self._sqlite_template(), path)
            yield f"sqlite:///{path}"
            return
        server = self._postgres()
        if migrated:
            # One for all tests, one after the other: making a database takes ten times as long as emptying one.
            try:
                yield server.format("migrated")
            finally:
                self._used += 1
                self._run(server.format("migrated"), _DELETE if self._used % _OFTEN else _TRUNCATE)
        else:
            self._run(server.format("postgres"), f"CREATE DATABASE {name} TEMPLATE template0")
            yield server.format(name)

    def _sqlite_template(self) -> Path:
        if self._template is None:
            path = self._folder / "migrated.db"
            _migrate(f"sqlite:///{path}")
            self._template = path
        return self._template

    def _postgres(self) -> str:
        if self._server is None:
            programs = server_programs()
            assert programs is not None
            server = self._open.enter_context(postgres_server(programs))
            self._run(server.format("postgres"), "CREATE DATABASE migrated")
            _migrate(server.format("migrated"))
            self._server = server
        return self._server

    @staticmethod
    def _run(url: str, statement: str) -> None:
        engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()
