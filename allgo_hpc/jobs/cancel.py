"""Cancelling: the job's claim is taken, so that it cannot start any more; the sweep ends what runs.

A script starts its app only after it has made the folder ``claim`` (slurm.script_body). Whoever makes it first decides:
if it is the portal, the app will not run, whatever Slurm does and whether or not it can be reached. The state does not
change here: it is for Slurm to say how the job ended.
"""

import logging
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import Conflict
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.dispatch import wake_sweep
from allgo_hpc.jobs.events import add_event
from allgo_hpc.models import Job, utc_now
from allgo_hpc.services import Services
from allgo_hpc.states import FINAL, JobState

_log = logging.getLogger(__name__)
_ENDED = [state.value for state in FINAL]
ASKED = "Cancelling: it will not start any more."
ENDING = "Cancelling: it is being ended."


def cancel_job(session: Session, services: Services, job: Job) -> None:
    """Cancel a job, or every task of a batch that has not ended; asking twice is no error.

    Raises:
        Conflict: it has ended.
    """
    if JobState(job.state).is_final:
        raise Conflict(f"job {job.id} has ended ({job.state}): there is nothing to cancel", code="already_ended")
    now = utc_now()
    chosen = [job]
    if job.tasks:
        unended = select(Job).where(Job.parent_id == job.id, Job.state.not_in(_ENDED)).options(joinedload(Job.parent))
        chosen += session.scalars(unended).all()
    # The row first: should this process die in between, the sweep takes the claims.
    asked = [_ask(session, each, now) for each in chosen]
    reach("cancel.stored")
    for each, fresh in zip(chosen, asked, strict=True):
        if fresh and not each.tasks:
            take_claim(services, each)
    reach("cancel.claimed")
    session.commit()
    session.refresh(job)
    wake_sweep(services)


def take_claim(services: Services, job: Job) -> bool:
    """Make the claim in the script's place; returns whether it can no longer start.

    False also where the file system fails: the sweep tries again.
    """
    control = services.layout.control_dir(job)
    try:
        control.mkdir(mode=0o700, exist_ok=True)
        (control / "claim").mkdir(mode=0o700)
    except FileExistsError:
        return False  # the script was first
    except OSError as error:
        _log.warning("job %s: its claim cannot be taken now: %s", job.id, error)
        return False
    return True


def _ask(session: Session, job: Job, now: datetime) -> bool:
    started = job.state in {JobState.RUNNING, JobState.FINISHING}
    changed = session.scalar(
        update(Job)
        .where(Job.id == job.id, Job.cancel_at.is_(None), Job.state.not_in(_ENDED))
        .values(cancel_at=now, reason=ENDING if started else ASKED)
        .returning(Job.id),
        execution_options={"synchronize_session": False},
    )
    if changed is None:
        return False
    session.commit()
    session.refresh(job)
    add_event(session, [job], old=job.state, source="portal")
    session.commit()
    return True
