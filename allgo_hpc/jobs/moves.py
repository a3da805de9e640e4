"""The one place that changes a job's state: a compare-and-swap and an event row, in one transaction."""

from typing import Any

from sqlalchemy import CursorResult, delete, update
from sqlalchemy.orm import Session

from allgo_hpc.models import Job, JobEvent, JobFile, utc_now
from allgo_hpc.states import JobState, is_legal


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
    changed = {"reason": "", "confirmed_at": utc_now(), "absent_since": None} | (values or {})
    result = session.execute(
        update(Job).where(Job.id == job.id, Job.state == old.value).values(state=new.value, **changed),
        execution_options={"synchronize_session": False},
    )
    if not isinstance(result, CursorResult) or result.rowcount != 1:
        session.rollback()
        session.refresh(job)
        return False
    session.add(JobEvent(job_id=job.id, old=old.value, new=new.value, source=source, detail=changed["reason"]))
    if files is not None:
        session.execute(delete(JobFile).where(JobFile.job_id == job.id))  # a lost job that turned up had a list already
        session.add_all(files)
    session.commit()
    session.refresh(job)
    return True
