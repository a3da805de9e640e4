"""How an app is used and how its jobs fare: what its author looks at. A few queries, whatever the number of jobs."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import App, Job
from allgo_hpc.reading.metrics import Span
from allgo_hpc.reading.outcomes import within
from allgo_hpc.states import FINAL, JobState

LATEST = 2000
"""Of how many of the latest ended jobs times, memory and sizes are told: more would not tell more, and take longer."""
_MEMORY_STEP_MB = 64
_ROOM = 1.25
"""What is advised beyond what 95 % of the jobs used."""
_ENOUGH = 20
"""Below so many jobs nothing is advised."""
_WASTE = 2
"""Nothing is said as long as an app asks less than so many times what is advised."""


@dataclass(frozen=True)
class Measures:
    """What the latest ended jobs took, each list in order of size.

    Attributes:
        jobs: how many jobs were looked at.
        run_s: seconds that those ran that ended well.
        wait_s: seconds from being accepted to being started.
        memory: bytes of memory that each used at most, where that is known.
        inputs: bytes of their inputs.
    """

    jobs: int
    run_s: Sequence[float]
    wait_s: Sequence[float]
    memory: Sequence[int]
    inputs: Sequence[int]


@dataclass(frozen=True)
class MemoryAdvice:
    """What an app asks for, what 95 % of its jobs stay below (bytes), and what would do."""

    asked_mb: int
    used_95: int
    enough_mb: int


def count_users(session: Session, app: App, span: Span) -> int:
    """Return how many different people ran it."""
    return session.scalar(select(func.count(Job.user_id.distinct())).where(*within(app, span))) or 0


def measure(session: Session, app: App, span: Span) -> Measures:
    """Return what the latest ended jobs took."""
    statement = (
        select(
            Job.state,
            _seconds(session, Job.started_at, Job.finished_at),
            _seconds(session, Job.created_at, Job.started_at),
            Job.peak_memory_bytes,
            Job.input_bytes,
        )
        .where(*within(app, span), Job.state.in_([state.value for state in FINAL]))
        .order_by(Job.created_at.desc(), Job.id.desc())  # as the index has them
        .limit(LATEST)
    )
    rows: Sequence[Any] = session.execute(statement).all()
    return Measures(
        jobs=len(rows),
        run_s=sorted(max(0.0, float(row[1])) for row in rows if row[1] is not None and row[0] == JobState.DONE),
        wait_s=sorted(max(0.0, float(row[2])) for row in rows if row[2] is not None),
        memory=sorted(row[3] for row in rows if row[3] is not None),
        inputs=sorted(row[4] for row in rows),
    )


def quantile[Number: (int, float)](ordered: Sequence[Number], share: float) -> Number | None:
    """Return the value that this share of an ordered list does not exceed; None of an empty one. Pure."""
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else None


def advise_memory(asked_mb: int, memory: Sequence[int], out_of_memory: int, *, most_mb: int) -> MemoryAdvice | None:
    """Return what an app should ask for where that is far from what its jobs use; None: it is right. Pure.

    Args:
        asked_mb: what it asks for.
        memory: bytes that its jobs used, in order.
        out_of_memory: how many jobs did not have enough.
        most_mb: beyond this nothing is advised.
    """
    used = quantile(memory, 0.95)
    if used is None or len(memory) < _ENOUGH:
        return None
    if out_of_memory > 0.05 * len(memory):  # one in twenty: 95 % must go well
        more = min(asked_mb * 2, most_mb)
        return MemoryAdvice(asked_mb, used, more) if more > asked_mb else None
    enough = max(_MEMORY_STEP_MB, ceil(used * _ROOM / 2**20 / _MEMORY_STEP_MB) * _MEMORY_STEP_MB)
    return MemoryAdvice(asked_mb, used, enough) if asked_mb >= _WASTE * enough else None


def by_size(ordered: Sequence[int]) -> list[tuple[int, int]]:
    """Return how many of these bytes lie below which power of 1024 times 1, 4, 16, 64 or 256, ascending. Pure."""
    found: dict[int, int] = {}
    for each in ordered:
        edge = 1024
        while each >= edge:
            edge *= 4
        found[edge] = found.get(edge, 0) + 1
    if not found:
        return []
    edge, made = min(found), []
    while edge <= max(found):
        made.append((edge, found.get(edge, 0)))
        edge *= 4
    return made


def _seconds(session: Session, start: Any, end: Any) -> ColumnElement[Any]:  # noqa: ANN401
    """Seconds between two times, counted by the database: making times of thousands of rows takes longer."""
    if session.get_bind().dialect.name == "sqlite":
        return (func.julianday(end) - func.julianday(start)) * 86400.0
    return func.extract("epoch", end) - func.extract("epoch", start)
