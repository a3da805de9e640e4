"""SQLite locked by another process; PostgreSQL killed and restarted under a portal."""

import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cluster.portal import Portal, until
from tests.faults.conftest import Extent
from tests.faults.elsewhere import portal_on
from tests.faults.postgres import Postgres
from tests.faults.table import Row
from tests.faults.trial import Trial

_LOCK = """
import sqlite3, sys
database = sqlite3.connect("/var/lib/allgo-hpc/allgo-hpc.db", timeout=60)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def _locked() -> Iterator[None]:
    """Hold SQLite's lock in another process of the portal's own account."""
    with subprocess.Popen(
        ["/opt/allgo-hpc/venv/bin/python", "-c", _LOCK], user="allgo", group="allgo", extra_groups=[], cwd="/",
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        yield
        holder.communicate()
    assert holder.returncode == 0


def test_sqlite_locked(trial: Trial, extent: Extent) -> None:
    """SQLite locked by another process."""
    running = trial.submit("count 1")
    trial.reached(running, "running")
    with trial.clients_meet(_locked(), 2):
        if extent.full:  # longer than anybody waits for it (BUSY_TIMEOUT_S)
            until("a client is told", lambda: trial.witness.posts["500"] + trial.witness.posts["503"])
        until("reading goes on", lambda: trial.client.look(running))
    trial.row.after = trial.true_after()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    with server.running():
        yield server


@pytest.mark.costly
def test_postgresql_restarted(
    portal: Portal, postgres: Postgres, trial: Trial, extent: Extent, chance: random.Random
) -> None:
    """PostgreSQL killed and started again while clients submit."""
    with portal_on(portal, postgres.url) as other:
        inner = Trial(other, Row(trial.row.fault))
        inner.row = trial.row
        trial.row.times = extent.of(3, 20)
        with inner.clients(6 * trial.row.times) as sent:
            for turn in range(trial.row.times):
                least = 6 * turn + chance.randrange(6)
                until("some jobs are accepted", lambda least=least: sum(e.done() for e in sent) >= least, within_s=120)  # type: ignore[misc]
                postgres.kill()
                postgres.start()
        trial.row.after = inner.true_after()
        trial.witness.posts.update(inner.witness.posts)
        trial.witness.reads.update(inner.witness.reads)
