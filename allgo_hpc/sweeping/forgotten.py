"""Jobs that Slurm took and then forgot, before they started: they go back to ``created`` and are submitted again.

A controller that is killed forgets what it was told in its last seconds; it has answered then already, and gives the
same id to another job. Nothing ran as long as nobody made the claim, and the claim lets only one run.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from allgo_hpc.jobs.moves import move
from allgo_hpc.models import Job
from allgo_hpc.services import Services
from allgo_hpc.states import JobState
from slurm import read_claim

_WAITING = {JobState.CREATED, JobState.SUBMITTED, JobState.PENDING}
_REASON = "Slurm forgot it before it started: it is submitted again."


def has_not_started(services: Services, job: Job) -> bool:
    """True when a job surely has not run: its folder is there, and nobody claimed it."""
    control = services.layout.control_dir(job)
    # Of a task of an array, the folder is made by its script: its batch's must be there.
    there = (control.parent if job.batch is not None else control).is_dir()
    return job.state in _WAITING and job.cancel_at is None and there and read_claim(control) is None


def send_back(session: Session, jobs: Sequence[Job]) -> bool:
    """Move jobs of which Slurm knows nothing back to where the sweep submits them; returns whether all were moved."""
    values = {"reason": _REASON, "slurm_id": None, "submitted_at": None, "confirmed_at": None}
    sent = [job for job in jobs if job.state != JobState.CREATED]
    moved = [move(session, job, JobState.CREATED, source="portal", values=values) for job in sent]
    return all(moved)


def send_back_batch(session: Session, services: Services, batch: Job, absent_before: datetime) -> bool:
    """Do so with a batch, whose array Slurm forgot as a whole since before a time; returns whether it was done."""
    tasks = session.scalars(select(Job).where(Job.parent_id == batch.id)).all()
    for task in tasks:
        if task.absent_since is None or task.absent_since > absent_before or not has_not_started(services, task):
            return False
    return (
        batch.state != JobState.CREATED
        and batch.state in _WAITING
        and batch.cancel_at is None
        and send_back(session, [*tasks, batch])
    )
