"""Why a job stopped, in plain words, and what can be done about it: pure, from what is known of the job."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from allgo_hpc.models import Job
from allgo_hpc.settings import Queue
from allgo_hpc.states import JobState

_MEMORY_STEP = 2
"""A job that ran out of memory is offered twice as much."""


@dataclass(frozen=True)
class Action:
    """Something that can be done about a job.

    Attributes:
        name: stable word for programs: ``rerun`` or ``cancel``.
        label: what stands on the button.
        changes: what differs from the earlier job, as ``rerun`` takes it.
    """

    name: str
    label: str
    changes: dict[str, Any]


def why(job: Job) -> str:
    """Return one or two sentences that say how a job ended and what it used; the reason where it has not ended."""
    state = JobState(job.state)
    if not state.is_final or state is JobState.LOST or job.tasks:
        return job.reason
    head = _HEADS[state](job) if state in _HEADS else job.reason
    return " ".join(part for part in (head, _used(job, state)) if part)


def actions(job: Job, queues: Sequence[Queue], *, memory_max_mb: int) -> list[Action]:
    """Return what applies, most helpful first."""
    state = JobState(job.state)
    if not state.is_final:
        return [] if job.cancel_at is not None else [Action("cancel", "Cancel", {})]
    found = []
    if state is JobState.TIMEOUT:
        longer = sorted((q for q in queues if q.minutes > job.limit_minutes), key=lambda queue: queue.minutes)
        found += [
            Action("rerun", f"Run again on the {queue.name} queue ({duration(queue.minutes)})", {"queue": queue.name})
            for queue in longer
        ]
    if state is JobState.OUT_OF_MEMORY:
        more = min(job.memory_mb * _MEMORY_STEP, memory_max_mb)
        if more > job.memory_mb:
            found.append(Action("rerun", f"Run again with {size(more * 2**20)}", {"memory_mb": more}))
    again = {JobState.NODE_FAILURE, JobState.LOST, JobState.ERROR, JobState.CANCELLED}
    label = "Run it again" if state in again else "Run the same again"
    return [*found, Action("rerun", label, {})]


def hint(job: Job, queues: Sequence[Queue]) -> str:
    """Return a sentence that says what would help, empty where nothing needs help."""
    state = JobState(job.state)
    if state is JobState.TIMEOUT:
        longer = [queue for queue in queues if queue.minutes > (job.limit_minutes or 0)]
        if not longer:
            return "It reached the longest limit there is: send less at a time, or ask the app's contact."
        queue = min(longer, key=lambda each: each.minutes)
        return f"Run it again on the {queue.name} queue, where it may take {queue.minutes} minutes."
    return _HINTS.get(state, "")


def duration(minutes: float) -> str:
    """Return minutes as people say them: 45 seconds, 20 minutes, 3 hours, a day."""
    if minutes < 1:
        return f"{minutes * 60:.0f} seconds"
    for unit, length in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= length:
            count = minutes / length
            text = f"{count:.0f}" if abs(count - round(count)) < 0.05 else f"{count:.1f}"  # noqa: PLR2004  # rounding
            return f"{text} {unit}" if text == "1" else f"{text} {unit}s"
    return f"{minutes:.0f} minutes"


def size(count: float) -> str:
    """Return bytes as people say them, in powers of 1024: 1 byte, 812 KB, 3.1 GB."""
    if count == 1:
        return "1 byte"
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1024:  # noqa: PLR2004  # the unit's step
            return f"{count:.0f} {unit}" if unit == "bytes" or count >= 10 else f"{count:.1f} {unit}"  # noqa: PLR2004
        count /= 1024
    return f"{count:.1f} TB"


def _timeout(job: Job) -> str:
    partial = " What it had written until then is kept: the results are partial."
    if not job.limit_minutes:
        return "Stopped at its time limit." + partial
    return f"Stopped at the limit of the {job.queue} queue, {duration(job.limit_minutes)}.{partial}"


def _memory(job: Job) -> str:
    return f"It needed more than the {size(job.memory_mb * 2**20)} of memory that it had."


def _error(job: Job) -> str:
    lines = [line for line in (job.log_tail or "").splitlines() if line.strip()]
    last = lines[-1][:200].rstrip() if lines else ""
    said = f" The last line of its log: {last}{'' if last[-1] in '.!?' else '.'}" if last else ""
    return job.reason + said


_HINTS = {
    JobState.CREATED: "Nothing to do: it is kept, and submitted as soon as Slurm answers.",
    JobState.ERROR: "Read allgo.log: the app's own messages are there.",
    JobState.OUT_OF_MEMORY: "Send less at a time, or ask the app's contact to raise its memory.",
    JobState.NODE_FAILURE: "It is not the app's fault: run it again.",
    JobState.LOST: "It is not the app's fault: run it again.",
}
_HEADS = {JobState.TIMEOUT: _timeout, JobState.OUT_OF_MEMORY: _memory, JobState.ERROR: _error}


def _used(job: Job, state: JobState) -> str:
    ran = used = ""
    if job.started_at and job.finished_at and state is not JobState.TIMEOUT:
        ran = duration((job.finished_at - job.started_at).total_seconds() / 60)
    if job.peak_memory_bytes and state is not JobState.OUT_OF_MEMORY:
        used = size(job.peak_memory_bytes)
    had = size(job.memory_mb * 2**20)
    # Whole sentences: a page in another language knows them by their form.
    if ran and used:
        return f"It ran for {ran} and used {used} of {had} of memory."
    if used:
        return f"It used {used} of {had} of memory."
    return f"It ran for {ran}." if ran else ""
