"""The unfinished jobs as the sweep reads them: a few columns each, for most of ten thousand stand where they stood."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, case, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from allgo_hpc.models import Job
from allgo_hpc.states import FINAL, JobState
from allgo_hpc.sweeping.gather import Mark

UNFINISHED = [state.value for state in JobState if state not in FINAL]
"""Named one by one: an index finds them, whatever the number of those that have ended."""
AT_ONCE = 500
"""Ids in one question; databases limit the values of one."""
_LOST_MAY_RETURN = timedelta(days=7)
"""How long a lost job is still recognised when Slurm shows it again, or its exit marker turns up."""


class Row(NamedTuple):
    """One job, or one batch, that is not over.

    Attributes:
        id: of the job.
        state: as it is stored.
        slurm_id: as it is stored.
        tasks: of a batch, how many it has.
        parent_id: of a task, its batch.
        uuid: what Slurm has as the comment of it, and ``task`` its number there.
        task: see there.
        control: name of its control folder, or of its batch's.
        odd: whether a clock of it is running, or something of it is to be noted once Slurm has confirmed it.
        cancelled: whether somebody asked to cancel it.
        missing: whether it was not in the last answer.
    """

    id: int
    state: str
    slurm_id: int | None
    tasks: int
    parent_id: int | None
    uuid: str
    task: int | None
    control: str
    odd: int
    cancelled: int
    missing: bool

    @property
    def mark(self) -> Mark:
        """What travels with its Slurm job."""
        return (self.uuid, self.task)


def unfinished_rows(session: Session, now: datetime) -> list[Row]:
    """Return all unfinished jobs, and those lost lately, in the order of their numbers."""
    found = session.execute(_unfinished(), {"now": now, "lost_after": now - _LOST_MAY_RETURN})
    return [Row._make(row) for row in found]


@cache
def _unfinished() -> Select[Any]:
    """Make the question once: that takes longer than asking it."""
    batch = aliased(Job)
    moment = Job.confirmed_at.type
    returning = and_(
        Job.state == JobState.LOST.value,
        Job.finished_at > bindparam("lost_after", type_=moment),
        Job.deleted_at.is_(None),
    )
    # One confirmed in the future was noted by a clock that was ahead.
    ahead = Job.confirmed_at > bindparam("now", type_=moment)
    odd = or_(Job.absent_since.is_not(None), Job.missing, Job.confirmed_at.is_(None), ahead)
    return (
        select(
            Job.id,
            Job.state,
            Job.slurm_id,
            Job.tasks,
            Job.parent_id,
            case((batch.id.is_(None), Job.uuid), else_=batch.uuid),
            case((batch.id.is_(None), None), else_=Job.task),
            case((batch.id.is_(None), Job.folder), else_=batch.folder),
            case((odd, 1), else_=0),
            case((Job.cancel_at.is_(None), 0), else_=1),
            Job.missing,
        )
        # A task that was started anew is a Slurm job of its own.
        .outerjoin(batch, and_(batch.id == Job.parent_id, Job.reruns == 0))
        .where(or_(Job.state.in_(UNFINISHED), returning))
        .order_by(Job.id)
    )


def jobs_of(session: Session, rows: Sequence[Row]) -> Iterator[Job]:
    """Give the jobs of these rows with what a move needs of them, in their order.

    One that somebody moved since its row was read is left out: what Slurm says of it is to be asked for after that.
    """
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        read = {row.id: (row.state, row.slurm_id) for row in some}
        jobs = session.scalars(_whole(), {"ids": list(read)}).all()
        session.commit()
        yield from (job for job in jobs if read[job.id] == (job.state, job.slurm_id))


def unfinished_under(session: Session, slurm_ids: AbstractSet[int]) -> list[Job]:
    """Return up to two jobs or batches that are not over and known under one of these Slurm ids."""
    its = (Job.slurm_id.in_(list(slurm_ids)[:AT_ONCE]), Job.state.in_(UNFINISHED))
    ids = session.scalars(select(Job.id).where(*its).limit(2)).all()
    jobs = list(session.scalars(_whole(), {"ids": ids})) if ids else []
    session.commit()
    return jobs


@cache
def _whole() -> Select[Job]:
    # Each in a question of its own: joined, an app's lists would be read anew for each of its jobs.
    parts = (selectinload(Job.app), selectinload(Job.version), selectinload(Job.parent), selectinload(Job.inputs))
    return select(Job).where(Job.id.in_(bindparam("ids", expanding=True))).order_by(Job.id).options(*parts)
