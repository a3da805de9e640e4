"""The orders in which jobs are listed, each with a place to go on from that jobs which come meanwhile do not shift."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, Float, and_, case, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from allgo_hpc.errors import BadInput
from allgo_hpc.models import App, Job

NEWEST = "newest"
SORTS = (NEWEST, "oldest", "app", "longest", "largest")
_LONGEST = 60
_NUMBER_DIGITS = 18


@dataclass(frozen=True)
class Place:
    """Where a page ended: the value that it is sorted by, and the job's number."""

    value: int | str
    job_id: int

    def __str__(self) -> str:
        """Return it as addresses have it."""
        return f"{self.job_id}.{self.value}"


def read_place(text: str, sort: str) -> Place | None:
    """Return the place that an address names; None for none.

    Raises:
        BadInput: it is not one that a page gave.
    """
    if not text:
        return None
    number, _, value = text.partition(".")
    fit = _is_number(number, 9) and value.isprintable() and len(value) <= _LONGEST
    if sort != "app":
        fit = fit and _is_number(value.removeprefix("-"), _NUMBER_DIGITS)
    if not fit:
        raise BadInput("after: take it from the link on the page before", field="after", code="bad_cursor")
    return Place(value if sort == "app" else int(value), int(number))


@dataclass(frozen=True)
class Order:
    """One order: what it goes by, and whether that falls or rises; jobs of one value go newest first (or oldest)."""

    value: ColumnElement[Any] | InstrumentedAttribute[Any]
    falls: bool
    id_falls: bool = True
    needs_app: bool = False
    by_id: bool = False

    def terms(self) -> tuple[ColumnElement[Any], ...]:
        """Return what to order by."""
        number = Job.id.desc() if self.id_falls else Job.id.asc()
        return (number,) if self.by_id else (self.value.desc() if self.falls else self.value.asc(), number)

    def beyond(self, place: Place) -> ColumnElement[bool]:
        """Return the condition for all that comes after a place."""
        later = Job.id < place.job_id if self.id_falls else Job.id > place.job_id
        if self.by_id:
            return later
        further = self.value < place.value if self.falls else self.value > place.value
        return or_(further, and_(self.value == place.value, later))


def order_of(sort: str, dialect: str) -> Order:
    """Return the order of that name.

    Raises:
        BadInput: there is none.
    """
    match sort:
        case "newest":
            return Order(Job.id, falls=True, by_id=True)
        case "oldest":
            return Order(Job.id, falls=False, id_falls=False, by_id=True)
        case "app":
            return Order(App.name, falls=False, needs_app=True)
        case "longest":
            return Order(func.coalesce(run_milliseconds(dialect), -1), falls=True)
        case "largest":
            return Order(stored_with_tasks(), falls=True)
        case _:
            raise BadInput(f"sort: one of {', '.join(SORTS)}", field="sort")


def run_milliseconds(dialect: str) -> ColumnElement[Any]:
    """Return how long a job ran, in whole milliseconds; null as long as it has not ended."""
    return cast(func.round(seconds_between(Job.started_at, Job.finished_at, dialect) * 1000), BigInteger)


def seconds_between(start: Any, end: Any, dialect: str) -> ColumnElement[Any]:  # noqa: ANN401  # columns and times
    """Return the seconds from one time to another, reckoned by the database; null where one of them is."""
    if dialect == "sqlite":
        return cast((func.julianday(end) - func.julianday(start)) * 86400.0, Float)
    return cast(func.extract("epoch", end - start), Double)


def stored_with_tasks() -> ColumnElement[Any]:
    """Return the bytes that a job's files take; a batch's are those of its tasks."""
    task = aliased(Job)
    of_tasks = (
        select(func.coalesce(cast(func.sum(task.stored_bytes), BigInteger), 0))
        .where(task.parent_id == Job.id, task.deleted_at.is_(None))
        .correlate(Job)
        .scalar_subquery()
    )
    return case((Job.tasks > 0, of_tasks), else_=Job.stored_bytes)


def _is_number(text: str, digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= digits
