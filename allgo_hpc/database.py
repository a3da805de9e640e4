"""Engines and sessions: SQLite in WAL mode or PostgreSQL, with the same guarantees."""

import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_S = 20.0


def engine_options(url: str) -> dict[str, Any]:
    """Return the keyword arguments for ``create_engine``, also used by the web's engine."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_TIMEOUT_S}}
    return {"pool_pre_ping": True}


def make_engine(url: str) -> Engine:
    """Return an engine for the portal's database."""
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine)
    return engine


def prepare_engine(engine: Engine) -> None:
    """Make SQLite durable and fair; does nothing for other databases.

    WAL lets readers go on while one writes; ``synchronous=FULL`` makes a committed job survive a power cut; foreign
    keys are off by default (https://sqlite.org/pragma.html).
    """
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return what makes sessions for one thread each."""
    return sessionmaker(engine, expire_on_commit=False)
