"""How the jobs of an app went, counted once by all that its author asks about it: by day, by version, by reason."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from allgo_hpc.models import App, Job, Version
from allgo_hpc.reading.metrics import Span, utc_day
from allgo_hpc.states import FINAL, JobState

FAILED = FINAL - {JobState.DONE, JobState.CANCELLED}


@dataclass(frozen=True)
class Outcome:
    """So many jobs of one day and version that are in one state, or ended in it in the same way."""

    day: date
    version: int
    state: JobState
    exit_code: int | None
    signal: int | None
    jobs: int


@dataclass(frozen=True)
class Failures:
    """How the jobs of one version ended: how many, and those that did not end well by state."""

    version: int
    ended: int
    failed: dict[JobState, int]


def count_outcomes(session: Session, app: App, span: Span) -> list[Outcome]:
    """Count an app's jobs in one look at them: of a batch its tasks, as each of them is a job."""
    keys = (utc_day(session), Job.version_id, Job.state, Job.exit_code, Job.signal)
    numbers = {
        one.id: one.number for one in session.execute(select(Version.id, Version.number).filter_by(app_id=app.id))
    }
    return [
        Outcome(date.fromisoformat(str(day)), numbers[version], JobState(state), exit_code, signal, jobs)
        for day, version, state, exit_code, signal, jobs in session.execute(
            select(*keys, func.count()).where(*within(app, span)).group_by(*keys)
        )
    ]


def by_version(outcomes: Iterable[Outcome]) -> list[Failures]:
    """Return how the jobs of each version ended, newest version first. Pure."""
    found: dict[int, Counter[JobState]] = {}
    for each in outcomes:
        if each.state in FINAL:
            found.setdefault(each.version, Counter())[each.state] += each.jobs
    return [
        Failures(version, sum(counts.values()), {s: n for s, n in counts.items() if s is not JobState.DONE})
        for version, counts in sorted(found.items(), reverse=True)
    ]


def by_reason(outcomes: Iterable[Outcome], *, most: int = 20) -> Sequence[tuple[JobState, str, int]]:
    """Return state, exit code or signal in words, and count of what failed, most frequent first. Pure."""
    found: Counter[tuple[JobState, str]] = Counter()
    for each in outcomes:
        if each.state in FAILED:
            found[each.state, _code(each.exit_code, each.signal)] += each.jobs
    ordered = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    return [(state, code, jobs) for (state, code), jobs in ordered[:most]]


def within(app: App, span: Span) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for the jobs of an app that were created in a span."""
    first, end = (datetime.combine(day, time(), UTC) for day in (span.first, span.end))
    return Job.app_id == app.id, Job.tasks == 0, Job.created_at >= first, Job.created_at < end


def _code(exit_code: int | None, signal: int | None) -> str:
    if signal:
        return f"signal {signal}"
    return f"exit code {exit_code}" if exit_code else ""
