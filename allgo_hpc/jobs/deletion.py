"""Deleting: a job is marked, its folders go to the trash in one rename each, and are removed from there later.

So the answer comes at once however much there is to remove, a download that has begun goes on, and a crash in between
leaves something that the next tidying finds. The row stays.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Row, Table, delete, select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.authoring.example import examples, refuse_example
from allgo_hpc.errors import Conflict
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.events import add_event
from allgo_hpc.jobs.trash import move_to_trash
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, JobFile, utc_now
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL, JobState

_JOB, _FILE = cast("Table", Job.__table__), cast("Table", JobFile.__table__)
_ENDED = [state.value for state in FINAL]
_AT_ONCE = 1000
_MARKED_AT_ONCE = 200
"""Jobs in one transaction: few enough that a submission hardly waits for it."""
_EXPIRED = "Its time was over: its files were deleted."


def delete_job(session: Session, services: Services, job: Job, *, why: str = "Its files were deleted.") -> None:
    """Give up the files of an ended job, or of a batch with all its tasks.

    Raises:
        Conflict: it has not ended, or is shown as an example.
    """
    refuse_example(session, job)
    if not JobState(job.state).is_final:
        raise Conflict(f"job {job.id} has not ended ({job.state}): cancel it first, or wait", code="not_ended")
    tasks = session.scalars(select(Job).where(Job.parent_id == job.id)).all() if job.tasks else []
    marked = [each for each in [job, *tasks] if _mark(session, each, why)]
    _commit_marks(session)
    _throw_away(session, services.layout, marked)


def delete_expired(session: Session, services: Services, now: datetime) -> int:
    """Give up the files of jobs whose time is over; returns how many. A batch goes when its last task may.

    What an app shows as its example stays as long as it does.
    """
    due = session.execute(
        select(Job.id, Job.tasks)
        .where(Job.expires_at < now, Job.deleted_at.is_(None), Job.parent_id.is_(None), Job.state.in_(_ENDED))
        .where(Job.id.not_in(examples()))
    ).all()
    deleted = _delete_singles(session, services.layout, [number for number, tasks in due if not tasks])
    for number in [number for number, tasks in due if tasks]:
        with suppress(Conflict):  # became an example this moment
            delete_job(session, services, session.get_one(Job, number), why=_EXPIRED)
            deleted += 1
    return deleted


def _delete_singles(session: Session, layout: Layout, due: Sequence[int]) -> int:
    """Give up the files of jobs that are no batches, many in one transaction; returns of how many."""
    deleted, moved = 0, list[int]()
    for start in range(0, len(due), _MARKED_AT_ONCE):
        _note_trashed(session, moved)  # of those before: with this commit, which is one less
        marked = _mark_all(session, due[start : start + _MARKED_AT_ONCE], _EXPIRED)
        _commit_marks(session)
        moved = [job.id for job in marked if _throw_away_single(layout, job)]
        deleted += len(marked)
    _note_trashed(session, moved)
    session.commit()
    return deleted


def finish_deletions(session: Session, services: Services) -> None:
    """Throw away what is marked and still in its place: a crash, or a storage that was away or read-only."""
    left = session.scalars(
        select(Job)
        .where(Job.deleted_at.is_not(None), Job.trashed_at.is_(None))
        .order_by(Job.deleted_at.desc())  # what stays again and again must not keep others from their turn
        .options(joinedload(Job.parent))
        .limit(_AT_ONCE)
    ).all()
    _throw_away(session, services.layout, left)


def _throw_away(session: Session, layout: Layout, marked: Sequence[Job]) -> None:
    _note_trashed(session, [job.id for job in marked if throw_away(layout, job)])
    session.commit()


def _note_trashed(session: Session, gone: Sequence[int]) -> None:
    if gone:
        session.execute(update(_JOB).where(_JOB.c.id.in_(gone)).values(trashed_at=utc_now()))


def throw_away(layout: Layout, job: Job) -> bool:
    """Move the folders of a marked job to the trash; true when none is left in its place."""
    moved = _move_first(layout, layout.job_dir(job))
    if job.batch is None:  # that of an array's task lies in its batch's
        moved &= move_to_trash(layout, layout.control_dir(job))
    return moved


def _throw_away_single(layout: Layout, job: Row[Any]) -> bool:
    moved = _move_first(layout, layout.datastore / str(job.user_id) / str(job.app_id) / job.folder)
    return move_to_trash(layout, layout.control / job.folder) and moved


def _commit_marks(session: Session) -> None:
    session.commit()
    reach("deletion.marked")


def _move_first(layout: Layout, folder: Path) -> bool:
    moved = move_to_trash(layout, folder)
    reach("deletion.renamed")
    return moved


def _mark(session: Session, job: Job, why: str) -> bool:
    return bool(_mark_all(session, [job.id], why))


def _mark_all(session: Session, jobs: Sequence[int], why: str) -> Sequence[Row[Any]]:
    """Mark those of the jobs that have ended, are not marked yet and are no examples; the caller commits."""
    columns = (_JOB.c.id, _JOB.c.state, _JOB.c.reason, _JOB.c.folder, _JOB.c.user_id, _JOB.c.app_id)
    marked = session.execute(
        update(_JOB)
        .where(_JOB.c.id.in_(jobs), _JOB.c.deleted_at.is_(None), _JOB.c.state.in_(_ENDED))
        .where(_JOB.c.id.not_in(examples()))
        .values(deleted_at=utc_now())
        .returning(*columns)
    ).all()
    if marked:
        session.execute(delete(_FILE).where(_FILE.c.job_id.in_([job.id for job in marked])))
    for state in {job.state for job in marked}:
        add_event(session, [job for job in marked if job.state == state], old=state, source="portal", detail=why)
    return marked
