"""The tasks of a batch as its page lists them: counted by state, a page at a time, in their order."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job, JobInput
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.batches import states_of_tasks

_PAGE = 50


def tasks_context(session: Session, batch: Job, args: Mapping[str, str]) -> dict[str, Any]:
    """Return the counts, and the tasks from the one that ``task`` names on, of the state that ``state`` names."""
    counts = states_of_tasks(session, batch)
    wanted = args.get("state", "")
    first = args.get("task", "")
    begin = int(first) if first.isascii() and first.isdigit() and len(first) < 9 else 0  # noqa: PLR2004
    rows = select(Job).where(Job.parent_id == batch.id, Job.task >= begin).order_by(Job.task).limit(_PAGE + 1)
    if wanted in {state.value for state in JobState}:
        rows = rows.where(Job.state == wanted)
    else:
        wanted = ""
    found = session.scalars(rows).all()
    return {
        "counts": {state: counts[state] for state in JobState if counts.get(state)},
        "ended": sum(count for state, count in counts.items() if state.is_final),
        "tasks": found[:_PAGE],
        "task_inputs": _inputs(session, found[:_PAGE]),
        "next_task": found[_PAGE].task if len(found) > _PAGE else None,
        "tasks_from": begin,
        "task_state": wanted,
    }


def _inputs(session: Session, tasks: Sequence[Job]) -> dict[int, str]:
    """Return the name of each task's input file."""
    rows = session.execute(
        select(JobInput.job_id, JobInput.name).where(JobInput.job_id.in_([task.id for task in tasks]))
    )
    return {row.job_id: row.name for row in rows}
