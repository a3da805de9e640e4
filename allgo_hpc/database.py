"""Engines and sessions: SQLite in WAL mode or PostgreSQL, with the same guarantees."""

import fcntl
import os
import sqlite3
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_S = 20.0
_LAZY = "allgo_hpc.lazy"
_TURN = "allgo_hpc.turn"


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

    @event.listens_for(engine, "checkin")
    def _as_before(connection: sqlite3.Connection | None, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_LAZY, False) and connection is not None:
            connection.execute("PRAGMA synchronous=FULL")
        turn = entry.info.pop(_TURN, None)
        if turn is not None:
            turn.close()


def take_turn(session: Session) -> None:
    """Wait for this session's turn to write, until the end of its next transaction; before it has read or written.

    SQLite has one writer at a time, and the others sleep and ask again, up to a tenth of a second each time: of eight
    that submit at once, most slept most of the time. Those that call this are queued by the kernel instead, which
    wakes the next one at once. Whoever does not call it is kept out by SQLite as before.
    """
    connection = session.connection()
    file = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not file or _TURN in connection.info:
        return
    try:
        # A file and not a number: should its connection be thrown away, it is closed with it.
        turn = os.fdopen(os.open(f"{file}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb+")
    except OSError:  # a full disk, say: it is a courtesy, SQLite's own lock is what counts
        return
    connection.info[_TURN] = turn
    fcntl.flock(turn, fcntl.LOCK_EX)


def write_lazily(session: Session) -> None:
    """Let what this session's next transaction writes wait for the next commit of anybody to become durable.

    A power cut may lose it, whole, never a part. For what can be found again: that Slurm has a job is, by its mark. To
    be called before anything is written; it holds until the end of the transaction.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.info[_LAZY] = True
        connection.exec_driver_sql("PRAGMA synchronous=NORMAL")  # in WAL mode no sync at a commit
    else:
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO off")


def session_factory(engine: Engine) -> sessionmaker[Session]:
    """Return what makes sessions for one thread each."""
    return sessionmaker(engine, expire_on_commit=False)
