"""The portal's clock, and no other, jumps by an hour in both directions, under running services."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.failing import variables
from tests.faults.machine import bring_up, kill
from tests.faults.trial import Trial

_OFFSET = Path("/run/allgo-clock")
_WITHIN_S = 45
"""An hour's jump must not cost more than taking over a lease does."""


@pytest.fixture
def _own_clock(_steps_can_be_armed: None) -> Iterator[None]:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    _set_clock(0)
    more = {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(_OFFSET),
        "FAKETIME_CACHE_DURATION": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # the times of files are the file server's
    }
    try:
        with variables(**more):
            yield
    finally:
        _OFFSET.unlink()


def _set_clock(hours: int) -> None:
    fresh = _OFFSET.with_suffix(".new")
    fresh.write_text(f"{3600 * hours:+d}\n")
    fresh.replace(_OFFSET)


def _run_one(trial: Trial) -> None:
    trial.reached(trial.submit(), "done", within_s=_WITHIN_S)


@pytest.mark.costly
@pytest.mark.usefixtures("_own_clock")
def test_clock_jumps(trial: Trial) -> None:
    """The portal's clock jumps an hour ahead, back, and an hour behind."""
    trial.row.times = 3
    for hours in (1, 0, -1):
        running = trial.submit("count 4")
        trial.reached(running, "running")
        _set_clock(hours)
        trial.reached(running, "done", within_s=_WITHIN_S)
        _run_one(trial)
    trial.row.after = trial.true_after()


@pytest.mark.costly
@pytest.mark.usefixtures("_own_clock")
def test_clock_put_right_and_sweep_killed(trial: Trial) -> None:
    """The portal's clock, an hour ahead, is put right while the sweep is killed."""
    _set_clock(1)
    _run_one(trial)
    _set_clock(0)
    kill("sweep")
    _run_one(trial)
    bring_up()
    trial.row.after = trial.true_after()
