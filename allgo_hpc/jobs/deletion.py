"""Deleting: a job is marked, its folders go to the trash in one rename each, and are removed from there later.

So the answer comes at once however much there is to remove, a download that has begun goes on, and a crash in between
leaves something that the next tidying finds. The row stays.
"""

import logging
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.authoring.example import examples, refuse_example
from allgo_hpc.errors import Conflict
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.events import add_event
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job, JobFile, utc_now
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL, JobState
from containers import remove_argv

_log = logging.getLogger(__name__)
_ENDED = [state.value for state in FINAL]
_TRASH_KEPT = timedelta(hours=1)
_AT_ONCE = 1000
_REMOVE_S = 600.0


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
    session.commit()
    reach("deletion.marked")
    _throw_away(session, services.layout, marked)


def delete_expired(session: Session, services: Services, now: datetime) -> int:
    """Give up the files of jobs whose time is over; returns how many. A batch goes when its last task may.

    What an app shows as its example stays as long as it does.
    """
    due = session.scalars(
        select(Job)
        .where(Job.expires_at < now, Job.deleted_at.is_(None), Job.parent_id.is_(None), Job.state.in_(_ENDED))
        .where(Job.id.not_in(examples()))
        .limit(_AT_ONCE)
    ).all()
    deleted = 0
    for job in due:
        with suppress(Conflict):  # became an example this moment
            delete_job(session, services, job, why="Its time was over: its files were deleted.")
            deleted += 1
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
    gone = [job.id for job in marked if throw_away(layout, job)]
    if gone:
        session.execute(
            update(Job).where(Job.id.in_(gone)).values(trashed_at=utc_now()),
            execution_options={"synchronize_session": False},
        )
        session.commit()


def throw_away(layout: Layout, job: Job) -> bool:
    """Move the folders of a marked job to the trash; true when none is left in its place."""
    moved = move_to_trash(layout, layout.job_dir(job))
    reach("deletion.renamed")
    if job.batch is None:  # that of an array's task lies in its batch's
        moved &= move_to_trash(layout, layout.control_dir(job))
    return moved


def move_to_trash(layout: Layout, folder: Path) -> bool:
    """Move a job or control folder to the trash; true when it is in its place no more."""
    name = f"{folder.name}.control" if folder.parent == layout.control else folder.name
    try:
        folder.rename(layout.trash / name)
    except FileNotFoundError:
        # Gone before, unless it is the whole storage that is not there now.
        return layout.trash.is_dir()
    except OSError as error:
        _log.warning("%s stays for now: %s", folder.name, error)
        return False
    return True


def empty_trash(layout: Layout, now: datetime) -> int:
    """Remove what has been in the trash for an hour; returns how many folders."""
    removed = 0
    for folder in layout.trash.iterdir():
        try:
            # A rename sets the folder's change time: that is when it was thrown away, or last read for an archive.
            if folder.stat().st_ctime < (now - _TRASH_KEPT).timestamp():
                _remove(folder)
                removed += 1
        except (OSError, subprocess.TimeoutExpired) as error:
            _log.warning("%s stays in the trash for now: %s", folder.name, error)
    return removed


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except PermissionError:
        # An app can give folders to other users of its container; outside these are sub-ids of the service user.
        subprocess.run(remove_argv(folder), capture_output=True, timeout=_REMOVE_S, check=False)
        if folder.exists():
            raise


def _mark(session: Session, job: Job, why: str) -> bool:
    marked = session.scalar(
        update(Job)
        .where(Job.id == job.id, Job.deleted_at.is_(None), Job.state.in_(_ENDED))
        .values(deleted_at=utc_now())
        .returning(Job.id),
        execution_options={"synchronize_session": False},
    )
    if marked is None:
        return False
    session.execute(delete(JobFile).where(JobFile.job_id == job.id))
    add_event(session, [job], old=job.state, source="portal", detail=why)
    return True
