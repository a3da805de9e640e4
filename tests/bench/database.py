"""Lets the cluster's portal work on a database of its own for a while: an empty SQLite file or a PostgreSQL server."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from tests.cluster.portal import until
from tests.fast.domain.postgres import postgres_server, server_programs

KINDS = ("sqlite", "postgresql")
_CONF = Path("/etc/allgo-hpc/allgo-hpc.toml")
_TOKENS = Path("/var/lib/allgo-hpc/demo.env")
_SERVICES = Path("/etc/allgo-services")


@contextmanager
def fresh_database(kind: str) -> Iterator[None]:
    """Let portal and sweep use a new database; what they had comes back at the end.

    The server syncs each commit, as a site's does.

    Raises:
        LookupError: there is no PostgreSQL server on this machine.
    """
    if kind == "sqlite":
        file = Path("/var/lib/allgo-hpc/scale.db")
        try:
            with _used(f"sqlite:///{file}"):
                yield
        finally:
            for each in file.parent.glob(f"{file.name}*"):
                each.unlink()
        return
    programs = server_programs()
    if programs is None:
        raise LookupError("PostgreSQL is not installed here")
    with postgres_server(programs, durable=True) as url:
        with psycopg.connect(url.format("postgres").replace("+psycopg", ""), autocommit=True) as server:
            server.execute("CREATE DATABASE scale")
        with _used(url.format("scale")):
            yield


@contextmanager
def _used(url: str) -> Iterator[None]:
    before = _CONF.read_text()
    tokens = _TOKENS.read_text() if _TOKENS.exists() else None
    try:
        _CONF.write_text(re.sub(r'^database_url = ".*"$', f'database_url = "{url}"', before, flags=re.MULTILINE))
        _TOKENS.unlink(missing_ok=True)  # of accounts that the new one does not have
        _restart()
        yield
    finally:
        _CONF.write_text(before)
        _TOKENS.unlink(missing_ok=True)
        if tokens is not None:
            _TOKENS.write_text(tokens)
        _restart()


def _restart() -> None:
    """Start portal and sweep anew; they answer when this returns."""
    for name in ("portal", "sweep"):
        subprocess.run(["sv", "-w", "60", "restart", str(_SERVICES / name)], check=True, capture_output=True)
    for name in ("portal", "sweep"):
        until(f"{name} answers", partial(_answers, name), within_s=90)


def _answers(name: str) -> bool:
    return subprocess.run(["cluster-check", name], check=False, capture_output=True).returncode == 0
