"""The cluster's portal, run for a while on another database and in another folder."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.portal import Portal, run_as
from tests.faults.failing import VARIABLES, variables

_ROOT = Path("/srv/allgo/elsewhere")
_PROBE = "/opt/allgo-hpc/src/tests/apps/probe"


@contextmanager
def portal_on(portal: Portal, database_url: str) -> Iterator[Portal]:
    """Serve with an empty database and folder; gives a user of it."""
    _ROOT.mkdir()
    shutil.chown(_ROOT, "allgo", "allgo")
    (_ROOT / "bases").mkdir()
    for base in Path("/srv/allgo/bases").iterdir():
        (_ROOT / "bases" / base.name).hardlink_to(base)
    shutil.chown(_ROOT / "bases", "allgo", "allgo")
    try:
        with variables(ALLGO_HPC_DATABASE_URL=database_url, ALLGO_HPC_ROOT=str(_ROOT)):
            _allgo("user", "add", "author", "--email", "author@example.org", "--role", "author")
            _allgo("user", "add", "demo", "--email", "demo@example.org")
            _allgo("app", "publish", _PROBE, "--author", "author")
            yield Portal(url=portal.url, token=_allgo("user", "token", "demo", "--name", "faults").strip())
    finally:
        shutil.rmtree(_ROOT)


def _allgo(*words: str) -> str:
    return run_as("allgo", ["env", *VARIABLES.read_text().split(), "/opt/allgo-hpc/venv/bin/allgo-hpc", *words]).stdout
