"""The one place that changes a job's state: a compare-and-swap and an event row, in one transaction."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from allgo_hpc.failpoints import reach
from allgo_hpc.models import App, Job, JobEvent, JobFile, utc_now
from allgo_hpc.states import JobState, is_legal

# Tables, not classes, for what every submission and every end does: a third of the time, for a row is no object.
_JOB = cast(Table, Job.__table__)
_JOB_EVENT = cast(Table, JobEvent.__table__)
_EVENT_LOCK = 0x616C6C676F  # "allgo"; any number, the same everywhere


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
    """Move every task of a batch that Slurm does not have yet, and commit; returns which were moved."""
    moved = session.scalars(
        update(Job)
        .where(Job.parent_id == batch.id, Job.state == JobState.CREATED.value)
        .values(state=new.value, **({"reason": "", "confirmed_at": utc_now()} | values))
        .returning(Job.id),
        execution_options={"synchronize_session": False},
    ).all()
    tasks = session.scalars(select(Job).where(Job.parent_id == batch.id)).all() if moved else []
    chosen = set(moved)
    add_event(session, [task for task in tasks if task.id in chosen], old=JobState.CREATED.value, source=source)
    session.commit()
    return list(moved)


def add_event(
    session: Session, jobs: Sequence[Job] | Sequence[Row[Any]], *, old: str, source: str, detail: str | None = None
) -> None:
    """Add an event row for each job, which stands in its new state already; the caller commits.

    Readers go on from the last event that they have seen, so numbers must become visible in their order. SQLite has one
    writer at a time; in PostgreSQL a lock that lasts until the commit does the same.
    """
    if not jobs:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_EVENT_LOCK)))
    session.flush()  # the jobs may be new
    words = {"old": old, "source": source}
    rows = [words | {"job_id": j.id, "new": j.state, "detail": j.reason if detail is None else detail} for j in jobs]
    session.connection().execute(insert(_JOB_EVENT), rows)


def _count_done(session: Session, app_id: int, seconds: float) -> None:
    session.execute(
        update(App)
        .where(App.id == app_id)
        .values(done_jobs=App.done_jobs + 1, done_seconds=App.done_seconds + seconds),
        execution_options={"synchronize_session": False},
    )
