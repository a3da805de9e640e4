"""What administrators do with other people's jobs; noted in the audit log."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from allgo_hpc.administration.actor import Actor
from allgo_hpc.jobs.bulk import Outcome, cancel_jobs
from allgo_hpc.models import User
from allgo_hpc.services import Services


def cancel_anybodys_jobs(
    session: Session, services: Services, by: Actor, admin: User, numbers: Sequence[str]
) -> Outcome:
    """Cancel jobs of any users.

    Raises:
        BadInput: none was chosen, too many, or what is no number.
    """
    outcome = cancel_jobs(session, services, admin, numbers)
    if outcome.done:
        about = f"{len(outcome.done)} jobs" if len(outcome.done) > 1 else f"job {outcome.done[0]}"
        by.note(session, "jobs.cancel", about, {"jobs": outcome.done})
        session.commit()
    return outcome
