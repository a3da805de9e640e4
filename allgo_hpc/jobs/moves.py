"""The one place that changes a job's state: a compare-and-swap and an event row, in one transaction."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.events import add_event, add_task_events
from allgo_hpc.models import App, Job, JobFile, utc_now
from allgo_hpc.states import JobState, is_legal

# Tables, not classes, for what every submission and every end does: a third of the time, for a row is no object.
_JOB = cast(Table, Job.__table__)


_FILES_AT_ONCE = 2000
"""Rows of results in one transaction: others that want to write wait for so many, not for a million."""


class IllegalMoveError(Exception):
    """A mistake of the program: no job may go from the one state to the other."""


def move(
    session: Session,
    job: Job,
    new: JobState,
    *,
    source: str,
    values: dict[str, Any] | None = None,
    files: list[JobFile] | None = None,
) -> bool:
    """Move a job from the state that this session knows to another one, and commit.

    Args:
        session: of the caller; nothing else may be pending in it.
        job: as it was read.
        new: where it goes.
        source: who said it (portal, controller, accounting, marker).
        values: other columns that change with it; ``reason`` goes into the event as well.
        files: the list of results, for a final state.

    Returns:
        False when somebody else moved it meanwhile: nothing was changed, ``job`` is fresh.

    Raises:
        IllegalMoveError: see allgo_hpc.states.MOVES.
    """
    old = JobState(job.state)
    if not is_legal(old, new):
        raise IllegalMoveError(f"job {job.id}: {old} → {new}")
    if files is not None and len(files) > _FILES_AT_ONCE:
        session.refresh(job)
        if job.state != old:
            return False
        store_ahead(session, job, files)
        files = None
    changed = {"reason": "", "confirmed_at": utc_now(), "absent_since": None} | (values or {})
    if files is not None:
        changed["stored_bytes"] = sum(file.size for file in files)
    moved = update(_JOB).where(_JOB.c.id == job.id, _JOB.c.state == old.value)
    row = session.connection().execute(moved.values(state=new.value, **changed).returning(_JOB)).one_or_none()
    if row is None:
        session.rollback()
        session.refresh(job)
        return False
    for name, value in row._mapping.items():
        set_committed_value(job, name, value)
    add_event(session, [job], old=old.value, source=source)
    if files is not None:
        session.execute(delete(JobFile).where(JobFile.job_id == job.id))  # a lost job that turned up had a list already
        session.add_all(files)
    if new is JobState.DONE and job.started_at and job.finished_at and not job.tasks:
        _count_done(session, job.app_id, (job.finished_at - job.started_at).total_seconds())
    reach("move.written")
    session.commit()
    reach("move.committed")
    return True


def store_ahead(session: Session, job: Job, files: Sequence[JobFile]) -> None:
    """Store a long list of results before the move, part by part; nobody sees it until the job has ended."""
    session.execute(delete(JobFile).where(JobFile.job_id == job.id))  # of an earlier try
    session.commit()
    for start in range(0, len(files), _FILES_AT_ONCE):
        part = files[start : start + _FILES_AT_ONCE]
        rows = [{"job_id": job.id, "name": f.name, "path": f.path, "size": f.size, "sha256": f.sha256} for f in part]
        session.execute(insert(JobFile), rows)
        session.commit()


def move_tasks(session: Session, batch: Job, new: JobState, *, source: str, values: dict[str, Any]) -> list[int]:
    """Move every task of a batch that Slurm does not have yet, and commit; returns which were moved.

    Tasks that the session knows are not refreshed.
    """
    changed: dict[str, Any] = {"reason": "", "confirmed_at": utc_now()} | values
    waiting = update(_JOB).where(_JOB.c.parent_id == batch.id, _JOB.c.state == JobState.CREATED.value)
    moved = list(
        session.connection().execute(waiting.values(state=new.value, **changed).returning(_JOB.c.id)).scalars()
    )
    add_task_events(session, moved, JobState.CREATED.value, new.value, source=source, detail=changed["reason"])
    session.commit()
    return moved


def _count_done(session: Session, app_id: int, seconds: float) -> None:
    session.execute(
        update(App)
        .where(App.id == app_id)
        .values(done_jobs=App.done_jobs + 1, done_seconds=App.done_seconds + seconds),
        execution_options={"synchronize_session": False},
    )
