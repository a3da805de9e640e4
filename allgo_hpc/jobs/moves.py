"""The one place that changes a job's state: a compare-and-swap and an event row, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningUpdate

from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.events import add_task_events, event_row, store_events
from allgo_hpc.models import App, Job, JobFile, utc_now
from allgo_hpc.states import JobState, is_legal

# Tables, not classes, for what every submission and every end does: a third of the time, for a row is no object.
_TABLE = cast("Table", Job.__table__)
_FILES_AT_ONCE = 2000
"""Rows of results in one transaction: others that want to write wait for so many, not for a million."""


class IllegalMoveError(Exception):
    """A mistake of the program: no job may go from the one state to the other."""


@dataclass(frozen=True)
class Move:
    """A job's way from the state in which it was read to another.

    Attributes:
        job: as it was read.
        new: where it goes.
        source: who said it (portal, controller, accounting, marker).
        values: other columns that change with it; ``reason`` goes into the event as well.
        files: the list of results, for a final state.

    Raises:
        IllegalMoveError: see allgo_hpc.states.MOVES.
    """

    job: Job
    new: JobState
    _: KW_ONLY
    source: str
    values: Mapping[str, Any] = field(default_factory=dict)
    files: list[JobFile] | None = None
    job_id: int = field(init=False)
    old: JobState = field(init=False)

    def __post_init__(self) -> None:
        """Keep what the row was: the job itself changes with the move."""
        object.__setattr__(self, "job_id", self.job.id)
        object.__setattr__(self, "old", JobState(self.job.state))
        if not is_legal(self.old, self.new):
            raise IllegalMoveError(f"job {self.job_id}: {self.old} → {self.new}")


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
    one = Move(job, new, source=source, values=values or {}, files=files)
    if files is not None and len(files) > _FILES_AT_ONCE:
        session.refresh(job)
        if job.state != one.old:
            return False
        store_ahead(session, job, files)
        one = replace(one, files=None)
    moved = bool(move_together(session, [one]))
    if not moved:
        session.refresh(job)
    return moved


def move_together(session: Session, moves: Sequence[Move]) -> set[int]:
    """Make moves of different jobs in one transaction, and commit; returns the ids of the jobs that were moved.

    Each is a compare-and-swap of its own: a job that somebody else moved meanwhile stays as that one left it, and is
    stale in this session. Where none was moved all is rolled back, whatever else was pending. Long lists of results are
    the caller's to store ahead (``too_long``).
    """
    now, moved = utc_now(), []
    for one in moves:
        changed = {"reason": "", "confirmed_at": now, "absent_since": None, "missing": False, **one.values}
        changed["state"] = one.new.value
        if one.files is not None:
            changed["stored_bytes"] = sum(file.size for file in one.files)
        values = {f"new_{name}": value for name, value in changed.items()}
        asked = {"its_id": one.job_id, "its_state": one.old.value, **values}
        row = session.connection().execute(_swap(frozenset(changed)), asked).one_or_none()
        if row is not None:
            for name, value in row._mapping.items():
                set_committed_value(one.job, name, value)
            moved.append(one)
    if not moved:
        session.rollback()  # what else was to change with a move that was not made
        return set()
    told = [(one.job_id, one.old.value, one.new.value, one.source, one.job.reason) for one in moved]
    store_events(session, [event_row(*each) for each in told])
    _store_files(session, moved)
    _count_done(session, moved)
    reach("move.written")
    session.commit()
    reach("move.committed")
    return {one.job_id for one in moved}


def too_long(files: Sequence[JobFile] | None) -> bool:
    """True for a list of results that is not to be written in one transaction with others."""
    return files is not None and len(files) > _FILES_AT_ONCE // 4


def store_ahead(session: Session, job: Job, files: Sequence[JobFile]) -> None:
    """Store a long list of results before the move, part by part; nobody sees it until the job has ended."""
    session.execute(delete(JobFile).where(JobFile.job_id == job.id))  # of an earlier try
    session.commit()
    for start in range(0, len(files), _FILES_AT_ONCE):
        part = files[start : start + _FILES_AT_ONCE]
        session.execute(insert(JobFile), _file_rows(job.id, part))
        session.commit()


def move_tasks(session: Session, batch: Job, new: JobState, *, source: str, values: dict[str, Any]) -> list[int]:
    """Move every task of a batch that Slurm does not have yet, and commit; returns which were moved.

    Tasks that the session knows are not refreshed.
    """
    changed: dict[str, Any] = {"reason": "", "confirmed_at": utc_now(), "missing": False} | values
    waiting = update(_TABLE).where(_TABLE.c.parent_id == batch.id, _TABLE.c.state == JobState.CREATED.value)
    moved = list(
        session.connection().execute(waiting.values(state=new.value, **changed).returning(_TABLE.c.id)).scalars()
    )
    add_task_events(session, moved, JobState.CREATED.value, new.value, source=source, detail=changed["reason"])
    session.commit()
    return moved


@lru_cache(maxsize=64)
def _swap(names: frozenset[str]) -> ReturningUpdate[Any]:
    """Return the statement that sets these columns of one job: made once, for making it takes as long as running it."""
    values = {name: bindparam(f"new_{name}", type_=_TABLE.c[name].type) for name in sorted(names)}
    its = (_TABLE.c.id == bindparam("its_id"), _TABLE.c.state == bindparam("its_state"))
    return update(_TABLE).where(*its).values(values).returning(*(_TABLE.c[name] for name in sorted(names)))


def _store_files(session: Session, moved: Sequence[Move]) -> None:
    listed = [one for one in moved if one.files is not None]
    if not listed:
        return
    # A lost job that turned up had a list already.
    ids = [one.job_id for one in listed]
    session.execute(delete(JobFile).where(JobFile.job_id.in_(ids)), execution_options={"synchronize_session": False})
    rows = [row for one in listed for row in _file_rows(one.job_id, one.files or ())]
    if rows:
        session.execute(insert(JobFile), rows)


def _file_rows(job_id: int, files: Sequence[JobFile]) -> list[dict[str, Any]]:
    return [{"job_id": job_id, "name": f.name, "path": f.path, "size": f.size, "sha256": f.sha256} for f in files]


def _count_done(session: Session, moved: Sequence[Move]) -> None:
    seconds: dict[int, list[float]] = {}
    for one in moved:
        job = one.job
        if one.new is JobState.DONE and job.started_at and job.finished_at and not job.tasks:
            seconds.setdefault(job.app_id, []).append((job.finished_at - job.started_at).total_seconds())
    for app_id, each in sorted(seconds.items()):
        session.execute(
            update(App)
            .where(App.id == app_id)
            .values(done_jobs=App.done_jobs + len(each), done_seconds=App.done_seconds + sum(each)),
            execution_options={"synchronize_session": False},
        )
