"""When Slurm last confirmed a job: one moment for all that stand where they stood, kept once.

Ten thousand rows that are written every ten seconds only to say "still the same" would hold the database for a
twentieth of a second each time. So a row says what is special about it (``missing``, ``absent_since``), and
``Job.last_confirmed`` puts both together.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from allgo_hpc.models import Health, Job
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.gather import Answer
from allgo_hpc.sweeping.health import CONTROLLER
from allgo_hpc.sweeping.rows import AT_ONCE, UNFINISHED, Row

_EVERY = timedelta(seconds=5)
"""How often the moment is written: often enough to be believed."""
_NOT_IN_SLURM = {JobState.CREATED.value, JobState.LOST.value}


def confirm(session: Session, rows: Sequence[Row], answer: Answer, now: datetime, took: timedelta) -> None:
    """Note, in one transaction, which of these rows an answer has and which not.

    Args:
        session: of the sweep.
        rows: as they were read before Slurm was asked.
        answer: what was said then, the accounting included.
        now: when the pass began: before all that.
        took: so long it has gone on.
    """
    there = {uuid for uuid, task in answer.records if task is not None}
    seen = {row.id for row in rows if (row.uuid in there if row.tasks else row.mark in answer.records)}
    again = [row.id for row in rows if row.odd and row.id in seen]
    gone = [row.id for row in rows if not row.missing and row.id not in seen and row.state not in _NOT_IN_SLURM]
    for ids in _parts(again):
        # A move of this pass has noted a later moment; one of the future was noted by a clock that was ahead.
        stale = or_(Job.confirmed_at.is_(None), Job.confirmed_at < now, Job.confirmed_at > now + took)
        special = or_(Job.absent_since.is_not(None), Job.missing)
        session.execute(
            update(Job)
            .where(Job.id.in_(ids), or_(stale, special))
            .values(confirmed_at=now, absent_since=None, missing=False),
            execution_options={"synchronize_session": False},
        )
    for ids in _parts(gone):
        session.execute(
            update(Job).where(Job.id.in_(ids), Job.state.in_(UNFINISHED)).values(missing=True),
            execution_options={"synchronize_session": False},
        )
    controller = session.get(Health, CONTROLLER)
    if controller is not None and (again or gone or not _is_fresh(controller.jobs_at, now)):
        controller.jobs_at = now
    session.commit()


def stop_clocks(session: Session) -> None:
    """Forget since when jobs are absent: that counts only while Slurm answers all the time."""
    session.execute(
        update(Job).where(Job.absent_since.is_not(None), Job.state.in_(UNFINISHED)).values(absent_since=None),
        execution_options={"synchronize_session": False},
    )
    session.commit()


def _is_fresh(at: datetime | None, now: datetime) -> bool:
    return at is not None and timedelta(0) <= now - at < _EVERY


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
