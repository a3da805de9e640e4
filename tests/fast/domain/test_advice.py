"""Queue advice: the app's past, by size of input, and what Slurm says of a start; in words."""

from datetime import timedelta

import pytest

from allgo_hpc.models import utc_now
from allgo_hpc.reading.advice import QueueAdvice, advise, recommend, say
from allgo_hpc.reading.history import History, Run, choose_runs, history_of
from allgo_hpc.settings.model import DEFAULT_QUEUES
from allgo_hpc.states import JobState
from slurm import Advice, SlurmUnavailable
from tests.fakes import AT
from tests.fast.domain.world import World

INTERACTIVE, STANDARD, BATCH = DEFAULT_QUEUES


def _runs(*seconds: float, state: JobState = JobState.DONE, size: int = 1000) -> list[Run]:
    return [Run(state, each, size) for each in seconds]


def test_median_and_95th_percentile_are_of_jobs_that_ended_well() -> None:
    history = History(_runs(*range(1, 101)) + _runs(9999, state=JobState.ERROR), alike=False)
    assert (history.quantile(0.5), history.quantile(0.95)) == (50, 95)
    assert History([], alike=False).quantile(0.5) is None


def test_the_share_within_a_limit_counts_those_that_were_ended_there() -> None:
    history = History(_runs(30, 40, 50) + _runs(61, state=JobState.TIMEOUT), alike=False)
    assert history.within(60) == pytest.approx(0.75)
    assert history.within(1200) == 1.0, "how long it would have taken is not known beyond the limit it was ended at"
    assert History([], alike=False).within(60) is None


def test_failures_are_the_apps_not_the_limits() -> None:
    runs = _runs(1, 2, 3) + _runs(1, state=JobState.ERROR) + _runs(60, state=JobState.TIMEOUT)
    assert History(runs, alike=False).failed_share == 0.25


def test_jobs_with_inputs_of_about_that_size_are_taken_when_there_are_enough() -> None:
    small, large = _runs(*[1] * 6, size=1000), _runs(*[100] * 6, size=10**6)
    assert choose_runs(small + large, 2000) == History(small, alike=True)
    assert choose_runs(small + large, 5 * 10**7).alike is False
    assert len(choose_runs(small + large, None).runs) == 12


def test_the_history_is_of_the_apps_own_ended_jobs(world: World) -> None:
    for state, seconds in ((JobState.DONE, 10), (JobState.CANCELLED, 20), (JobState.NODE_FAILURE, 30)):
        world.job(state, started_at=AT, finished_at=AT + timedelta(seconds=seconds))
    world.job(JobState.RUNNING, started_at=AT)
    assert [run.seconds for run in history_of(world.session, world.app, input_bytes=None).runs] == [10]


def test_slurm_is_asked_for_each_queue_and_nothing_is_created(world: World) -> None:
    now = utc_now()
    world.slurm.advice = Advice(starts_at=now, nodes="c1", said="")
    found = advise(world.services, world.app, world.version, History(_runs(30, 90), alike=False), now)
    assert [one.queue.name for one in found] == ["interactive", "standard", "batch"]
    assert found[0].sentence == "starts now; 50% of such jobs end within 1 minute"
    assert world.slurm.controller == []


def test_where_slurm_is_away_the_past_speaks_and_it_is_asked_once(world: World) -> None:
    asked = []

    def away(_spec: object) -> Advice:
        asked.append(1)
        raise SlurmUnavailable("away")

    world.slurm.start_estimate = away  # type: ignore[method-assign]
    found = advise(world.services, world.app, world.version, History(_runs(30), alike=False), utc_now())
    assert len(asked) == 1
    assert {one.starts_at for one in found} == {None}
    assert found[0].sentence == "100% of such jobs end within 1 minute"


def test_a_closed_queue_does_not_start_now_whatever_slurm_says_of_it(world: World) -> None:
    now = utc_now()
    world.slurm.advice = Advice(starts_at=now, nodes="c1", said="")
    world.slurm.closed = frozenset({"interactive"})
    found = advise(world.services, world.app, world.version, History(_runs(30), alike=False), now)
    assert [(one.closed, one.starts_at) for one in found] == [(True, None), (False, now), (False, now)]
    assert found[0].sentence.startswith("is closed at the moment, jobs wait until it is opened; 100%")
    assert recommend(found, "interactive") == "standard"


def _advice(*within: float | None, refused: str = "") -> list[QueueAdvice]:
    return [QueueAdvice(q, None, refused, w, "") for q, w in zip(DEFAULT_QUEUES, within, strict=True)]


def test_the_shortest_queue_in_which_nearly_all_end_is_recommended() -> None:
    assert recommend(_advice(0.95, 1.0, 1.0), "batch") == "interactive"
    assert recommend(_advice(0.5, 0.9, 1.0), "interactive") == "standard"
    assert recommend(_advice(0.1, 0.2, 0.3), "interactive") == "batch", "none is long enough: the longest"
    assert recommend(_advice(None, None, None), "standard") == "standard"
    assert recommend(_advice(1.0, 1.0, 1.0, refused="no"), "standard") == "standard"


def test_words() -> None:
    now = utc_now()
    assert say(now + timedelta(minutes=12), "", 0.92, now, INTERACTIVE) == (
        "starts in about 12 minutes; 92% of such jobs end within 1 minute"
    )
    assert say(None, "", None, now, BATCH) == "nothing is known yet"
    assert say(None, "too much memory", 1.0, now, STANDARD) == "Slurm would not take such a job: too much memory"
