"""What a job has been through, step by step, made of its events; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from allgo_hpc.models import Job, JobEvent
from allgo_hpc.states import JobState

_ORDER = {state: place for place, state in enumerate(JobState)}


@dataclass(frozen=True)
class Step:
    """One state that a job was in, or something that happened meanwhile.

    Attributes:
        state: the state; empty for what changed no state.
        at: when it began.
        seconds: how long it lasted; None for the last one, and for what changed no state.
        said: why, in a sentence; may be empty.
        source: who said it.
        again: the job went back: it was requeued, or started anew.
    """

    state: str
    at: datetime
    seconds: float | None
    said: str
    source: str
    again: bool = False


def timeline(job: Job, events: Sequence[JobEvent]) -> list[Step]:
    """Return the steps, oldest first.

    An event's time is when the portal learned of it; of the last start and the end Slurm told the time itself.
    """
    moves = [event for event in events if event.old != event.new]
    last_run = max((at for at, event in enumerate(moves) if event.new == JobState.RUNNING), default=None)
    times = [_time(job, event, started=at == last_run) for at, event in enumerate(moves)]
    for at in range(len(times) - 2, -1, -1):  # clocks differ: no step begins after the next one
        times[at] = min(times[at], times[at + 1])
    steps = []
    for at, event in enumerate(moves):
        seconds = (times[at + 1] - times[at]).total_seconds() if at + 1 < len(moves) else None
        again = bool(event.old) and _ORDER[JobState(event.new)] < _ORDER[JobState(event.old)]
        steps.append(
            Step(event.new, times[at], seconds, event.detail, event.source, again=again and event.new != "done")
        )
    if last_run is None and job.started_at is not None and steps and JobState(steps[-1].state).is_final:
        steps = _with_start(steps, job.started_at)
    steps += [Step("", event.at, None, event.detail, event.source) for event in events if event.old == event.new]
    return sorted(steps, key=lambda step: step.at)


def _with_start(steps: list[Step], started_at: datetime) -> list[Step]:
    """Add the start of a job that was over before anybody saw it run."""
    *before, last = steps
    started = min(started_at, last.at)
    if before:
        waited = max(0.0, (started - before[-1].at).total_seconds())
        before[-1] = replace(before[-1], seconds=waited)
    ran = (last.at - started).total_seconds()
    return [*before, Step(JobState.RUNNING.value, started, ran, "", last.source), last]


def _time(job: Job, event: JobEvent, *, started: bool) -> datetime:
    if not event.old:
        return job.created_at
    if started and job.started_at is not None:
        return job.started_at
    if JobState(event.new).is_final and job.finished_at is not None:
        return min(event.at, job.finished_at)
    return event.at
