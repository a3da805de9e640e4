"""When the next sweep is due: as often as set while something moves, at once when a script ends, slower else."""

import os
from pathlib import Path

import pytest

from allgo_hpc.sweeping.pace import BUSY_FOR_S, LOOK_EVERY_S, Pace, Touched
from allgo_hpc.sweeping.rest import CREDIT_S, FACTOR, Rest
from allgo_hpc.sweeping.swept import Swept

IDLE = Swept(0, 0, 0, slurm_answered=True)
QUIET = Swept(3, 0, 0, slurm_answered=True)
MOVED = Swept(3, 1, 0, slurm_answered=True)
AGAIN = Swept(3, 0, 0, slurm_answered=True, again=True)
FINISHING = Swept(3, 1, 0, slurm_answered=True, finishing=1)
FAILED = Swept(3, 0, 1, slurm_answered=True)


@pytest.fixture
def pace(tmp_path: Path) -> Pace:
    return Pace(1.0, Touched(tmp_path / "submitted"))


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
    pace.poke()
    pace.poke()
    assert pace.is_due(1000.1)
    assert pace.woken
    assert not pace.is_due(1000.2)
    assert not pace.woken


def test_a_short_answer_that_differs_is_followed_at_once(pace: Pace) -> None:
    assert _wait(pace, AGAIN) == 0.0


def test_an_app_that_has_ended_is_looked_at_again_soon_and_then_less_and_less(pace: Pace) -> None:
    waits, now = [], 1000.0
    for _ in range(7):
        pace.swept(FINISHING, now)
        waits.append(next(wait / 1000 for wait in range(0, 10_000, 10) if pace.is_due(now + wait / 1000)))
        now += 10
    assert waits == [0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0]
    pace.swept(MOVED, now)
    assert _wait(pace, FINISHING, now + 1) <= 0.1, "the next one is looked at soon as well"


def test_a_file_is_touched_once(tmp_path: Path) -> None:
    file = tmp_path / "poke"
    file.touch()
    touched = Touched(file)
    assert not touched.look(), "that was before"
    os.utime(file, (1, 1))
    assert touched.look()
    assert not touched.look()


def test_a_file_that_comes_later_is_touched(tmp_path: Path) -> None:
    touched = Touched(tmp_path / "poke")
    assert not touched.look()
    (tmp_path / "poke").touch()
    assert touched.look()


def test_a_submission_is_looked_at_within_the_interval_and_not_at_once(pace: Pace, tmp_path: Path) -> None:
    pace.swept(IDLE, 1000.0)
    (tmp_path / "submitted").touch()
    assert not pace.is_due(1000.5)
    assert pace.is_due(1001.0)
    assert not pace.woken, "Slurm was not said to have moved anything"


def test_pokes_all_the_time_leave_most_of_a_processor_to_others() -> None:
    rest, now, took = Rest(), 1000.0, 0.1
    begun = now
    for _ in range(100):
        now = max(now, rest.until) + took
        rest.took(took, now)
    assert (now - begun) / (100 * took) == pytest.approx(1 + FACTOR, abs=0.2)


def test_pokes_now_and_then_do_not_wait() -> None:
    rest, now = Rest(), 1000.0
    for _ in range(3):
        rest.took(CREDIT_S / 10, now := now + CREDIT_S / 10)
        assert rest.until <= now


def test_a_poke_while_it_rests_waits(pace: Pace) -> None:
    pace.swept(IDLE, 1000.0, took_s=1.0)
    pace.poke()
    assert not pace.is_due(1000.1)
    assert pace.wait_s(1000.1) == LOOK_EVERY_S
    assert not pace.is_due(1001.4), "it is not forgotten, it waits"
    assert pace.wait_s(1001.45) == pytest.approx(0.05)
    assert pace.is_due(1001.5)
    assert pace.woken


def test_a_sweep_that_is_due_anyway_knows_of_the_poke(pace: Pace) -> None:
    pace.swept(MOVED, 1000.0, took_s=10.0)
    pace.poke()
    assert not pace.is_due(1000.5)
    assert pace.is_due(1001.0)
    assert pace.woken
