"""When the next sweep is due: as often as set while something moves, at once when a script ends, slower else."""

from pathlib import Path

import pytest

from allgo_hpc.sweeping.pace import BUSY_FOR_S, Pace
from allgo_hpc.sweeping.sweep import Swept

IDLE = Swept(0, 0, 0, slurm_answered=True)
QUIET = Swept(3, 0, 0, slurm_answered=True)
MOVED = Swept(3, 1, 0, slurm_answered=True)
FAILED = Swept(3, 0, 1, slurm_answered=True)


@pytest.fixture
def pace(tmp_path: Path) -> Pace:
    return Pace(1.0, tmp_path / "poke")


def _wait(pace: Pace, swept: Swept | None, now: float = 1000.0) -> float:
    """How long it is until the next sweep after this one."""
    pace.swept(swept, now)
    return next(wait / 10 for wait in range(1000) if pace.is_due(now + wait / 10))


def test_it_begins_at_once(pace: Pace) -> None:
    assert pace.is_due(0.0)


@pytest.mark.parametrize("swept", [MOVED, FAILED, None])
def test_while_something_moves_it_is_as_often_as_set(pace: Pace, swept: Swept | None) -> None:
    assert _wait(pace, swept) == 1.0


def test_it_stays_quick_for_a_minute_after_the_last_change(pace: Pace) -> None:
    pace.swept(MOVED, 1000.0)
    assert _wait(pace, QUIET, 1000.0 + BUSY_FOR_S - 1) == 1.0
    assert 1.0 < _wait(pace, QUIET, 1000.0 + BUSY_FOR_S) < 2.0, "an end is still seen within two seconds"


def test_without_a_job_it_only_looks_whether_the_cluster_answers(pace: Pace) -> None:
    assert _wait(pace, IDLE) == 5.0


def test_a_poke_wakes_it_once(pace: Pace) -> None:
    pace.swept(IDLE, 1000.0)
    assert not pace.is_due(1000.1)
    pace.poke.touch()
    assert pace.is_due(1000.1)
    assert not pace.is_due(1000.2)


def test_what_lies_there_from_before_is_one_sweep_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "poke").touch()
    pace = Pace(1.0, tmp_path / "poke")
    assert pace.is_due(0.0)
    pace.swept(IDLE, 0.0)
    assert not pace.is_due(0.5)


def test_no_folder_for_it_is_no_error(tmp_path: Path) -> None:
    pace = Pace(1.0, tmp_path / "gone" / "poke")
    pace.swept(IDLE, 1000.0)
    assert not pace.is_due(1001.0)
