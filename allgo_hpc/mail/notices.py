"""Mails that tell users of their jobs."""

from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict
from allgo_hpc.models import Job
from allgo_hpc.states import JobState


def set_mail_at_end(session: Session, job: Job, wanted: bool) -> None:
    """Note whether a job's user wants a mail when it ends, and commit.

    Raises:
        Conflict: it has ended.
    """
    if JobState(job.state).is_final:
        raise Conflict(f"job {job.id} has ended ({job.state}): there is nothing to wait for", code="already_ended")
    job.mail_at_end = wanted
    session.commit()
