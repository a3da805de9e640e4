"""One pass over all unfinished jobs."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.failpoints import reach
from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL, JobState
from allgo_hpc.sweeping.batches import follow_batch
from allgo_hpc.sweeping.cancelling import end_cancelled
from allgo_hpc.sweeping.follow import follow
from allgo_hpc.sweeping.gather import Answer, Silence, ask_slurm
from allgo_hpc.sweeping.health import ACCOUNTING, CONTROLLER, note_health
from allgo_hpc.sweeping.leftovers import end_leftovers
from allgo_hpc.sweeping.progress import ProgressReader

_log = logging.getLogger(__name__)
_ENDED = [state.value for state in FINAL]
_CONFIRM_EVERY = timedelta(seconds=10)
"""How often "last confirmed" of an unchanged job is written: often enough to be believed, too rarely to cost."""
_LOST_MAY_RETURN = timedelta(days=7)
"""How long a lost job is still recognised when Slurm shows it again, or its exit marker turns up."""


@dataclass(frozen=True)
class Swept:
    """What one pass did."""

    unfinished: int
    changed: int
    failed: int
    slurm_answered: bool


def sweep(session: Session, services: Services, now: datetime, progress: ProgressReader | None = None) -> Swept:
    """Ask Slurm once for all unfinished jobs and bring each to where it truly stands.

    The rows are read first: a job that has a Slurm id then must be in an answer that is asked for afterwards.
    """
    begun = monotonic()
    returning = and_(
        Job.state == JobState.LOST.value, Job.finished_at > now - _LOST_MAY_RETURN, Job.deleted_at.is_(None)
    )
    jobs = session.scalars(
        select(Job)
        .where(or_(Job.state.not_in(_ENDED), returning))
        .order_by(Job.id)
        .options(joinedload(Job.app), joinedload(Job.version), joinedload(Job.parent))
    ).all()
    session.commit()  # ends the reading: nothing is held while Slurm is asked
    answer = ask_slurm(services.slurm, jobs)
    note_health(session, CONTROLLER, now, answered=isinstance(answer, Answer), said=getattr(answer, "said", ""))
    if isinstance(answer, Silence):
        _stop_clocks(session, [job.id for job in jobs if job.absent_since is not None])
        return Swept(len(jobs), 0, 0, slurm_answered=False)
    reach("sweep.answered")
    if answer.accounting_asked:
        note_health(session, ACCOUNTING, now, answered=answer.accounting_answered, said=answer.accounting_said)
    changed = failed = 0
    end_cancelled(services, jobs, answer)
    end_leftovers(session, services, jobs, answer, now)
    batches = [job for job in jobs if job.tasks]
    for job in [job for job in jobs if not job.tasks] + batches:  # a batch after its tasks: it is what they are
        try:
            if job.tasks:
                changed += follow_batch(session, services, job, answer, now)
            else:
                changed += follow(session, services, job, answer, now)
        except Exception:
            # One job that cannot be read must not keep the others from ending; it is tried again at the next sweep.
            session.rollback()
            failed += 1
            _log.exception("job %s could not be followed", job.id)
    if progress is not None:
        progress.read(session, services.layout, jobs)
    took = timedelta(seconds=monotonic() - begun)
    _confirm(session, [job.id for job in jobs if answer.of(job)], now, took)
    if not answer.accounting_answered:
        _stop_clocks(session, [job.id for job in jobs if job.absent_since is not None])
    return Swept(len(jobs), changed, failed, slurm_answered=True)


def _confirm(session: Session, seen: list[int], now: datetime, took: timedelta) -> None:
    if seen:
        # One of the future was noted by a clock that was ahead; one since this pass began, by a move of this pass.
        ahead = Job.confirmed_at > now + took
        stale = or_(Job.confirmed_at.is_(None), Job.confirmed_at < now - _CONFIRM_EVERY, ahead)
        session.execute(
            update(Job)
            .where(Job.id.in_(seen), or_(stale, Job.absent_since.is_not(None)))
            .values(confirmed_at=now, absent_since=None),
            execution_options={"synchronize_session": False},
        )
        session.commit()


def _stop_clocks(session: Session, absent: list[int]) -> None:
    """Forget since when jobs are absent: that counts only while Slurm answers all the time."""
    if absent:
        session.execute(
            update(Job).where(Job.id.in_(absent), Job.state.not_in(_ENDED)).values(absent_since=None),
            execution_options={"synchronize_session": False},
        )
        session.commit()
