"""How often an app was used: its jobs counted by day in the database, the days put together to weeks, months, years."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput
from allgo_hpc.models import App, Job, User
from allgo_hpc.states import JobState

KINDS = ("per_user", "per_result", "created")
STEPS = ("year", "month", "week", "day")
LONGEST_YEARS = 50
MOST_ROWS = 100_000


@dataclass(frozen=True)
class Span:
    """Days in UTC: the first one, and the one after the last."""

    first: date
    end: date


def make_span(first: date | None, end: date | None, today: date) -> Span:
    """Return the days that are asked for; where nothing is said, the year that ends with today.

    Raises:
        BadInput: it ends before it begins, or has more than 50 years.
    """
    if end is None:
        end = today + timedelta(days=1) if today < date.max else today
    if first is None:
        first = _years_before(end, 1)
    if first >= end:
        raise BadInput(
            f"from: {first} is not before {end}, where the days end (`to` itself is not counted)", field="from"
        )
    if first < _years_before(end, LONGEST_YEARS):
        raise BadInput(f"from: {first} to {end} are more than {LONGEST_YEARS} years", field="from")
    return Span(first, end)


def count_jobs(session: Session, app: App, kind: str, step: str, span: Span) -> list[dict[str, Any]]:
    """Count an app's jobs; of a batch its tasks, as each of them is a job.

    Args:
        session: to ask with.
        app: whose jobs.
        kind: one of ``KINDS``: by user (``user``, ``uname``), by ``result``, or all that were created.
        step: one of ``STEPS``.
        span: of the days on which they were created.

    Returns:
        Rows with ``time_period`` (when it begins; a week on Monday) and ``n``, in order;
        no row for a period without jobs.

    Raises:
        BadInput: more than 100 000 rows.
    """
    day = utc_day(session)
    keys: tuple[Any, ...] = {"per_user": (Job.user_id, User.name), "per_result": (Job.state,), "created": ()}[kind]
    counts = select(day, *keys, func.count())
    if kind == "per_user":
        counts = counts.join(User, User.id == Job.user_id)
    statement = (
        counts.where(
            Job.app_id == app.id,
            Job.tasks == 0,
            Job.created_at >= _start(span.first),
            Job.created_at < _start(span.end),
        )
        .group_by(day, *keys)
        .order_by(day)
        .execution_options(yield_per=1000)
    )
    with session.execute(statement) as rows:
        counted = _fold(((_date(row[0]), _key(kind, tuple(row[1:-1])), row[-1]) for row in rows), step)
    return [
        {"time_period": f"{begin}T00:00:00Z", **_told(kind, key), "n": n} for (begin, key), n in sorted(counted.items())
    ]


def period(day: date, step: str) -> date:
    """Return the first day of the year, month, week (Monday) or day that a day lies in."""
    match step:
        case "year":
            return day.replace(month=1, day=1)
        case "month":
            return day.replace(day=1)
        case "week":
            return day - timedelta(days=day.weekday())
        case _:
            return day


type _Key = tuple[int, str]


def _fold(rows: Iterable[tuple[date, _Key, int]], step: str) -> dict[tuple[date, _Key], int]:
    counted: dict[tuple[date, _Key], int] = {}
    for day, key, n in rows:
        at = (period(day, step), key)
        counted[at] = counted.get(at, 0) + n
        if len(counted) > MOST_ROWS:
            raise BadInput(f"from: more than {MOST_ROWS} rows: ask for fewer days, or a longer step", field="from")
    return counted


def _key(kind: str, found: tuple[Any, ...]) -> _Key:
    if kind == "per_user":
        return int(found[0]), str(found[1])
    if kind == "per_result":
        state = JobState(found[0])
        return 0, state.value if state.is_final else state.v1_status
    return 0, ""


def _told(kind: str, key: _Key) -> dict[str, Any]:
    if kind == "per_user":
        return {"user": key[0], "uname": key[1]}
    return {"result": key[1]} if kind == "per_result" else {}


def utc_day(session: Session) -> ColumnElement[Any]:
    """Return the day of a job's creation, in UTC.

    SQLite keeps no other times, PostgreSQL would take its connection's zone.
    """
    if session.get_bind().dialect.name == "sqlite":
        return func.date(Job.created_at)
    # No bound parameter: the database would not see that the same stands in GROUP BY.
    return func.date(func.timezone(literal_column("'UTC'"), Job.created_at))


def _date(found: Any) -> date:  # noqa: ANN401  # a text in SQLite
    return found if isinstance(found, date) else date.fromisoformat(found)


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _years_before(day: date, years: int) -> date:
    if day.year <= years:
        return date.min
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap_day else day.day)
