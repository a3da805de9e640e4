"""Why a job stopped, in plain words, and the buttons that help."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from allgo_hpc.models import Job
from allgo_hpc.reading.why import Action, actions, duration, size, why
from allgo_hpc.settings.model import DEFAULT_QUEUES
from allgo_hpc.states import JobState

START = datetime(2026, 1, 1, tzinfo=UTC)
GB = 2**30


def _job(state: JobState, **more: Any) -> Job:
    values: dict[str, Any] = {
        "id": 1, "state": state.value, "queue": "standard", "limit_minutes": 20, "memory_mb": 4096,
        "reason": "Said so.", "started_at": START,
        "finished_at": START + timedelta(minutes=3), "tasks": 0, "cancel_at": None,
        "peak_memory_bytes": None, "log_tail": None,
    }  # fmt: skip
    return Job(**(values | more))


def _labels(job: Job, memory_max_mb: int = 16384) -> list[str]:
    return [action.label for action in actions(job, DEFAULT_QUEUES, memory_max_mb=memory_max_mb)]


def test_a_time_limit_names_queue_and_minutes_and_that_results_are_partial() -> None:
    told = why(_job(JobState.TIMEOUT, peak_memory_bytes=int(3.1 * GB)))
    assert told == (
        "Stopped at the limit of the standard queue, 20 minutes. What it had written until then is kept: the results "
        "are partial. It used 3.1 GB of 4.0 GB of memory."
    )


def test_memory_names_what_it_had() -> None:
    assert why(_job(JobState.OUT_OF_MEMORY)).startswith("It needed more than the 4.0 GB of memory that it had.")


def test_a_failure_shows_the_logs_last_line() -> None:
    told = why(_job(JobState.ERROR, reason="The app ended with exit code 2.", log_tail="first\nno such file: a.png\n"))
    assert told.startswith("The app ended with exit code 2. The last line of its log: no such file: a.png")


@pytest.mark.parametrize("state", [state for state in JobState if not state.is_final])
def test_while_it_is_under_way_the_reason_is_slurms_and_it_can_be_cancelled(state: JobState) -> None:
    job = _job(state, finished_at=None)
    assert why(job) == "Said so."
    assert _labels(job) == ["Cancel"]
    job.cancel_at = START
    assert _labels(job) == []


def test_after_a_time_limit_every_longer_queue_is_offered_the_next_one_first() -> None:
    assert _labels(_job(JobState.TIMEOUT, queue="interactive", limit_minutes=1)) == [
        "Run again on the standard queue (20 minutes)", "Run again on the batch queue (1 day)", "Run the same again",
    ]  # fmt: skip
    assert _labels(_job(JobState.TIMEOUT, queue="batch", limit_minutes=1440)) == ["Run the same again"]


def test_out_of_memory_offers_twice_as_much_up_to_the_sites_limit() -> None:
    job = _job(JobState.OUT_OF_MEMORY)
    assert actions(job, DEFAULT_QUEUES, memory_max_mb=16384)[0] == Action(
        "rerun", "Run again with 8.0 GB", {"memory_mb": 8192}
    )
    assert _labels(job, 6000)[0] == "Run again with 5.9 GB"
    assert _labels(job, 4096) == ["Run the same again"]


@pytest.mark.parametrize("state", [state for state in JobState if state.is_final])
def test_every_end_has_words_and_a_way_on(state: JobState) -> None:
    job = _job(state)
    assert why(job).endswith(".")
    assert actions(job, DEFAULT_QUEUES, memory_max_mb=1)


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0.5, "30 seconds"), (1, "1 minute"), (20, "20 minutes"), (90, "1.5 hours"), (1440, "1 day"), (2880, "2 days")],
)
def test_durations(minutes: float, text: str) -> None:
    assert duration(minutes) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (2048, "2.0 KB"), (50 * 2**20, "50 MB"), (2**44, "16.0 TB")],
)
def test_sizes(count: int, text: str) -> None:
    assert size(count) == text
