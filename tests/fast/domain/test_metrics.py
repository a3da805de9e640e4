"""How often an app was used, on each kind of database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import BadInput
from allgo_hpc.models import Job
from allgo_hpc.reading import metrics
from allgo_hpc.reading.metrics import KINDS, STEPS, Span, count_jobs, make_span, period
from allgo_hpc.states import JobState
from tests.fast.domain.world import World, add_app

TODAY = date(2026, 3, 1)
ALL = Span(date(2000, 1, 1), date(2030, 1, 1))


def _at(world: World, when: str, state: JobState = JobState.DONE, **more: Any) -> Job:
    return world.job(state, created_at=datetime.fromisoformat(when).replace(tzinfo=UTC), **more)


def _rows(world: World, kind: str, step: str = "day", span: Span = ALL) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in count_jobs(world.session, world.app, kind, step, span)]


def test_each_kind_has_its_keys(world: World) -> None:
    _at(world, "2026-01-05T12:00")
    day = "2026-01-05T00:00:00Z"
    assert [count_jobs(world.session, world.app, kind, "day", ALL) for kind in KINDS] == [
        [{"time_period": day, "user": world.user.id, "uname": "ada", "n": 1}],
        [{"time_period": day, "result": "done", "n": 1}],
        [{"time_period": day, "n": 1}],
    ]


def test_days_are_put_together(world: World) -> None:
    for when in ("2025-12-31T10:00", "2026-01-01T10:00", "2026-01-02T10:00", "2026-01-05T10:00", "2026-02-01T10:00"):
        _at(world, when)
    begins = {step: [(row[0][:10], row[-1]) for row in _rows(world, "created", step)] for step in STEPS}
    assert begins["year"] == [("2025-01-01", 1), ("2026-01-01", 4)]
    assert begins["month"] == [("2025-12-01", 1), ("2026-01-01", 3), ("2026-02-01", 1)]
    assert begins["week"] == [("2025-12-29", 3), ("2026-01-05", 1), ("2026-01-26", 1)]
    assert len(begins["day"]) == 5


def test_from_is_inclusive_and_to_exclusive_to_the_instant(world: World) -> None:
    for when in ("2026-01-04T23:59:59.999999", "2026-01-05T00:00", "2026-01-05T23:59:59.999999", "2026-01-06T00:00"):
        _at(world, when)
    assert _rows(world, "created", "day", Span(date(2026, 1, 5), date(2026, 1, 6))) == [("2026-01-05T00:00:00Z", 2)]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_days_are_of_utc_whatever_the_servers_zone(world: World, zone: str) -> None:
    _at(world, "2026-01-05T00:00:00")
    _at(world, "2026-01-05T23:59:59")
    if world.session.get_bind().dialect.name == "postgresql":
        world.session.execute(text(f"SET TIME ZONE '{zone}'"))
    assert _rows(world, "created") == [("2026-01-05T00:00:00Z", 2)]


def test_tasks_count_and_their_batch_does_not(world: World) -> None:
    parent = _at(world, "2026-01-05", tasks=3)
    for number in range(3):
        _at(world, "2026-01-05", parent_id=parent.id, task=number)
    assert _rows(world, "created") == [("2026-01-05T00:00:00Z", 3)]


def test_deleted_jobs_count_and_other_apps_do_not(world: World) -> None:
    _at(world, "2026-01-05", deleted_at=datetime(2026, 1, 6, tzinfo=UTC))
    other = add_app(world.session, world.app.owner, "other")
    job = _at(world, "2026-01-05")
    job.app_id = other.id
    world.session.commit()
    assert _rows(world, "created") == [("2026-01-05T00:00:00Z", 1)]


def test_every_state_has_its_word(world: World) -> None:
    for state in JobState:
        _at(world, "2026-01-05", state)
    unfinished = sum(not state.is_final for state in JobState)
    counted = {row[1]: row[2] for row in _rows(world, "per_result")}
    assert counted == {state.value: 1 for state in JobState if state.is_final} | {"in progress": unfinished}


def test_each_user_for_themselves(world: World) -> None:
    first = world.user
    _at(world, "2026-01-05")
    world.user = add_user(world.session, name="eve", email="eve@example.org")
    _at(world, "2026-01-05")
    _at(world, "2026-01-06")
    days = ("2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z")
    assert _rows(world, "per_user") == [
        (days[0], first.id, "ada", 1), (days[0], world.user.id, "eve", 1), (days[1], world.user.id, "eve", 1),
    ]  # fmt: skip
    assert [row[1:] for row in _rows(world, "per_user", "year")] == [(first.id, "ada", 1), (world.user.id, "eve", 2)]


def test_too_many_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "MOST_ROWS", 2)
    for day in range(1, 4):
        _at(world, f"2026-01-0{day}")
    assert _rows(world, "created", "month") == [("2026-01-01T00:00:00Z", 3)]
    with pytest.raises(BadInput, match="fewer days"):
        _rows(world, "created", "day")


@pytest.mark.parametrize("span", [Span(date(1, 1, 1), date(2, 1, 1)), Span(date(9998, 1, 1), date.max)])
def test_the_first_and_the_last_years(world: World, span: Span) -> None:
    assert _rows(world, "per_user", "week", span) == []


def test_what_is_not_said_is_the_last_year_with_today() -> None:
    assert make_span(None, None, TODAY) == Span(date(2025, 3, 2), date(2026, 3, 2))
    assert make_span(None, date(2024, 2, 29), TODAY) == Span(date(2023, 2, 28), date(2024, 2, 29))
    assert make_span(date(2026, 3, 1), None, TODAY) == Span(date(2026, 3, 1), date(2026, 3, 2))
    assert make_span(date(1976, 3, 2), None, TODAY).first == date(1976, 3, 2)


@pytest.mark.parametrize(
    ("first", "end"),
    [
        (date(2026, 1, 2), date(2026, 1, 1)), (date(2026, 1, 1), date(2026, 1, 1)), (date(2026, 3, 2), None),
        (date(1976, 3, 1), None), (date.min, date.max), (date.min, None), (None, date.min), (date.max, None),
    ],
)  # fmt: skip
def test_spans_that_are_none(first: date | None, end: date | None) -> None:
    with pytest.raises(BadInput) as caught:
        make_span(first, end, TODAY)
    assert caught.value.field == "from"


@given(st.dates(), st.sampled_from(STEPS))
def test_a_period_begins_before_its_days_and_ends_after_them(day: date, step: str) -> None:
    begins = period(day, step)
    assert begins <= day <= begins + timedelta(days={"year": 365, "month": 30, "week": 6, "day": 0}[step])
    assert period(begins, step) == begins
    assert step != "week" or begins.isoweekday() == 1
