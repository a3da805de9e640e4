"""Arms the named steps of ``allgo_hpc.failpoints`` in the running services."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allgo_hpc.failpoints import POINTS, VARIABLE
from tests.faults.machine import restart_portal

FOLDER = Path("/run/allgo-failpoints")
VARIABLES = Path("/run/allgo-variables")
"""What the run scripts of portal and sweep add to their environment; only root writes there."""
_IMPATIENT = {"ALLGO_HPC_RESUBMIT_AFTER_S": "8", "ALLGO_HPC_LOST_AFTER_S": "20"}
"""Settings with which the suite waits less."""


def arm(point: str) -> None:
    """The next process that comes to this step is gone."""
    assert point in POINTS, point
    (FOLDER / point).touch()


def fired(point: str) -> bool:
    return not (FOLDER / point).exists()


def disarm() -> None:
    for file in FOLDER.iterdir():
        file.unlink(missing_ok=True)


@contextmanager
def variables(**more: str) -> Iterator[None]:
    """Run portal and sweep with these variables of the environment."""
    before = VARIABLES.read_text() if VARIABLES.exists() else ""
    added = " ".join(f"{name}={value}" for name, value in more.items())
    restart_portal(lambda: _write(f"{before} {added}"))
    try:
        yield
    finally:
        restart_portal(lambda: _write(before))


@contextmanager
def failpoints() -> Iterator[None]:
    """Run portal and sweep so that their steps can be armed."""
    FOLDER.mkdir(mode=0o700, exist_ok=True)
    shutil.chown(FOLDER, "allgo", "allgo")
    try:
        with variables(**{VARIABLE: str(FOLDER)}, **_IMPATIENT):
            yield
    finally:
        shutil.rmtree(FOLDER)


def _write(text: str) -> None:
    if text.strip():
        VARIABLES.write_text(text)
    else:
        VARIABLES.unlink(missing_ok=True)
