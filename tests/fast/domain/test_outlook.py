"""How long a running job may still take."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from allgo_hpc.models import Job
from allgo_hpc.reading.outlook import Outlook, needs_history, outlook
from allgo_hpc.states import JobState

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def _job(**more: Any) -> Job:
    begun = NOW - timedelta(seconds=100)
    values: dict[str, Any] = {
        "state": JobState.RUNNING.value,
        "started_at": begun,
        "limit_minutes": 20,
        "progress": None,
    }
    return Job(**(values | more))


@pytest.mark.parametrize(
    ("job", "typical", "expected"),
    [
        (_job(progress=0.25), 7.0, Outlook(100, 1200, 0.25, 300)),
        (_job(progress=0.25, limit_minutes=5), None, Outlook(100, 300, 0.25, 200)),
        (_job(progress=1.0), None, Outlook(100, 1200, 1.0, 0)),
        (_job(progress=0.0), 160.0, Outlook(100, 1200, 0.0, 60, 160)),
        (_job(), 160.0, Outlook(100, 1200, None, 60, 160)),
        (_job(), 99.0, Outlook(100, 1200, None, None, 99, longer_than_usual=True)),
        (_job(), None, Outlook(100, 1200, None, None)),
        (_job(limit_minutes=0), None, Outlook(100, None, None, None)),
        (_job(state="finishing", progress=0.5), None, Outlook(100, 1200, 0.5, None)),
        (_job(started_at=NOW + timedelta(seconds=9)), None, Outlook(0, 1200, None, None)),
        (_job(state="pending"), 9.0, None),
        (_job(started_at=None), 9.0, None),
    ],
)
def test_outlook(job: Job, typical: float | None, expected: Outlook | None) -> None:
    assert outlook(job, NOW, typical) == expected


def test_the_share_of_the_limit_is_never_more_than_all() -> None:
    told = outlook(_job(limit_minutes=1), NOW, None)
    assert told is not None
    assert told.limit_share == 1.0


@pytest.mark.parametrize(
    ("job", "needed"),
    [(_job(), True), (_job(progress=0.01), True), (_job(progress=0.5), False), (_job(state="done"), False)],
)
def test_the_past_is_asked_only_where_the_app_says_nothing(job: Job, needed: bool) -> None:
    assert needs_history(job) is needed
