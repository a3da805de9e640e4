"""Ends in Slurm what still stands there under the mark of a job that has ended.

A controller that is killed comes back with a state of some seconds ago: jobs that have ended since run again in its
books, hold their processors until their time limit, and nobody waits for them any more. Ten kills in a row had left all
processors of a cluster to such jobs for more than four minutes (Slurm 26.05).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL
from allgo_hpc.sweeping.gather import Answer, Mark
from allgo_hpc.sweeping.rows import Row
from slurm import JobRecord, SlurmError

_log = logging.getLogger(__name__)
_AFTER = timedelta(seconds=20)
"""So long after a job's end Slurm may still be at it: its epilog, and what it takes to note the end."""
_AT_ONCE = 500
"""Marks that are looked up in one sweep; databases limit the values of one question."""


def end_leftovers(session: Session, services: Services, rows: Sequence[Row], answer: Answer, now: datetime) -> None:
    """Ask Slurm once to end what this very answer shows alive under marks of jobs that ended a while ago.

    What is under no mark of this portal is left alone, and so is what was stored since the unfinished ``rows`` were
    read.
    """
    unfinished = {row.mark for row in rows if not row.tasks}  # each task of a batch has its own row
    alive: dict[Mark, list[JobRecord]] = {}
    for mark in answer.records.keys() - unfinished:
        records = [record for record in answer.records[mark] if record.may_be_ended]
        if records:
            alive[mark] = records
    suspects = list(alive)[:_AT_ONCE]
    ended = _ended_before(session, suspects, now - _AFTER) if suspects else set()
    records = [record for mark in suspects if mark in ended for record in alive[mark]]
    if records:
        _end(services, records)


def _ended_before(session: Session, marks: Sequence[Mark], before: datetime) -> set[Mark]:
    ended = (Job.state.in_([state.value for state in FINAL]), Job.finished_at < before)
    owners = session.execute(select(Job.id, Job.uuid, Job.tasks).where(Job.uuid.in_({uuid for uuid, _ in marks}))).all()
    batches = {row.id: row.uuid for row in owners if row.tasks}
    own = select(Job.uuid).where(Job.id.in_([row.id for row in owners if not row.tasks]), *ended)
    tasks = select(Job.parent_id, Job.task).where(Job.parent_id.in_(batches), Job.reruns == 0, *ended)
    found: set[Mark] = {(uuid, None) for uuid in session.scalars(own)}
    found |= {(batches[row.parent_id], row.task) for row in session.execute(tasks)} if batches else set()
    session.commit()  # ends the reading: nothing is held while Slurm is asked
    return found


def _end(services: Services, records: Sequence[JobRecord]) -> None:
    ids = sorted({record.job_id for record in records if record.task is None})
    tasks = sorted({(record.job_id, record.task) for record in records if record.task is not None})
    _log.warning("Slurm still has jobs that have ended: ending %s %s", ids, [f"{job}_{task}" for job, task in tasks])
    try:
        services.slurm.cancel(ids, tasks=tasks)
    except SlurmError as error:
        _log.warning("what is left in Slurm could not be ended now: %s", error)
