"""A clock that is set back makes all due at once; one that is set ahead, or goes on, changes nothing."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from allgo_hpc.models import utc_now
from allgo_hpc.sweeping.clock import ClockWatch

type Jump = Callable[[float], None]


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Jump:
    real = time.time
    return lambda seconds: monkeypatch.setattr("allgo_hpc.sweeping.clock.time.time", lambda: real() + seconds)


@pytest.fixture
def scheduler() -> Iterator[BackgroundScheduler]:
    made = BackgroundScheduler(timezone="UTC")
    made.start(paused=True)
    made.add_job(print, "interval", hours=1, next_run_time=utc_now() + timedelta(hours=1))
    yield made
    made.shutdown()


def _due_in(scheduler: BackgroundScheduler) -> float:
    wait: timedelta = scheduler.get_jobs()[0].next_run_time - utc_now()
    return wait.total_seconds()


def test_set_back_all_is_due(scheduler: BackgroundScheduler, jump: Jump) -> None:
    watch = ClockWatch(scheduler)
    jump(-3600)
    assert watch.look()
    assert _due_in(scheduler) <= 0
    assert not watch.look()


@pytest.mark.parametrize("seconds", [0, 3600, -1])
def test_otherwise_nothing_changes(scheduler: BackgroundScheduler, jump: Jump, seconds: float) -> None:
    watch = ClockWatch(scheduler)
    jump(seconds)
    assert not watch.look()
    assert _due_in(scheduler) > 3500
