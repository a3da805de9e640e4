"""A batch in one sweep: it is submitted as a whole, and after that it is what its tasks are."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from allgo_hpc.jobs.ended import end_values
from allgo_hpc.jobs.moves import move, move_tasks
from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.states import JobState, is_legal
from allgo_hpc.sweeping.follow import submit_again
from allgo_hpc.sweeping.forgotten import send_back_batch
from allgo_hpc.sweeping.gather import Answer

_UNDER_WAY = (JobState.FINISHING, JobState.RUNNING, JobState.PENDING, JobState.SUBMITTED)


def follow_batch(session: Session, services: Services, batch: Job, answer: Answer, now: datetime) -> bool:
    """Bring a batch to where its tasks stand; returns whether anything changed."""
    records = answer.of(batch)
    if batch.state == JobState.CREATED and records:
        # Slurm has it, though the answer to its submission was lost.
        first = min(record.job_id for record in records)
        values = {"slurm_id": first, "submitted_at": records[0].submitted_at or now}
        move_tasks(session, batch, JobState.SUBMITTED, source=records[0].source, values=values)
        return move(session, batch, JobState.SUBMITTED, source=records[0].source, values=values)
    tasks = states_of_tasks(session, batch)
    to_be_sent = batch.state == JobState.CREATED and batch.cancel_at is None and tasks[JobState.CREATED]
    if to_be_sent and not _was_started(services, batch):
        return answer.accounting_answered and submit_again(session, services, batch, now)
    forgotten_before = now - timedelta(seconds=services.settings.lost_after_s)
    if not records and answer.accounting_answered and send_back_batch(session, services, batch, forgotten_before):
        return True
    state, reason = state_of_batch(tasks, cancel_asked=batch.cancel_at is not None)
    if state in {batch.state, JobState.CREATED} or not is_legal(JobState(batch.state), state):
        return False
    values = {"reason": batch.reason if batch.cancel_at is not None and not state.is_final else reason}
    if batch.started_at is None:
        values["started_at"] = session.scalar(select(func.min(Job.started_at)).where(Job.parent_id == batch.id))
    if state.is_final:
        last = session.scalar(select(func.max(Job.finished_at)).where(Job.parent_id == batch.id))
        values |= end_values(services, last or now)
    return move(session, batch, state, source="portal", values=values)


def state_of_batch(tasks: Mapping[JobState, int], *, cancel_asked: bool) -> tuple[JobState, str]:
    """Return where a batch stands, and why; pure.

    Under way it is as far as its furthest task. It has ended when all have: ``done`` if all are; as its failed tasks
    ended, if these all ended alike; else ``error``, or ``cancelled`` where somebody cancelled it.
    """
    total = sum(tasks.values())
    open_tasks = [state for state, count in tasks.items() if count and not state.is_final]
    if open_tasks:
        running = next((state for state in _UNDER_WAY if state in open_tasks), JobState.CREATED)
        begun = len(open_tasks) < len([count for count in tasks.values() if count])
        # Some have ended and others wait: the batch as a whole is at work.
        return (JobState.RUNNING if begun or running is JobState.FINISHING else running), ""
    failed = {state: count for state, count in tasks.items() if count and state is not JobState.DONE}
    if not failed:
        return JobState.DONE, ""
    told = [f"{sum(failed.values())} of {total} tasks did not end well."]
    reason = " ".join(told + [_sentence(state, count) for state, count in sorted(failed.items())])
    if len(failed) == 1:
        return next(iter(failed)), reason
    return (JobState.CANCELLED if cancel_asked else JobState.ERROR), reason


def _sentence(state: JobState, count: int) -> str:
    """Say of how many tasks that is the end: a sentence each, for each is known again in another language."""
    return {
        JobState.ERROR: f"Tasks that failed: {count}.",
        JobState.TIMEOUT: f"Tasks that reached their time limit: {count}.",
        JobState.OUT_OF_MEMORY: f"Tasks that ran out of memory: {count}.",
        JobState.CANCELLED: f"Tasks that were cancelled: {count}.",
        JobState.NODE_FAILURE: f"Tasks whose node failed: {count}.",
        JobState.LOST: f"Tasks that are lost: {count}.",
    }[state]


def states_of_tasks(session: Session, batch: Job) -> Counter[JobState]:
    """Return how many tasks of a batch are in which state."""
    rows = session.execute(select(Job.state, func.count()).where(Job.parent_id == batch.id).group_by(Job.state))
    return Counter({JobState(state): count for state, count in rows})


def _was_started(services: Services, batch: Job) -> bool:
    control = services.layout.control_dir(batch)
    return any((control / str(task) / "claim" / "owner").exists() for task in range(batch.tasks))
