"""The same with several jobs: each is done for itself, and what became of each is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.models import Job, User
from allgo_hpc.services import Services

MOST = 100
_ID_DIGITS = 9


@dataclass
class Outcome:
    """What became of each job, by its number.

    Attributes:
        done: those with which it was done.
        refused: the code of the refusal for each of the others (``already_ended``, ``not_ended``).
        unknown: numbers that are no job of the user's (any more).
    """

    done: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)


def chosen_jobs(session: Session, user: User, numbers: Sequence[str]) -> tuple[list[Job], list[int]]:
    """Return the jobs of these numbers that are there and the user's own (an administrator's: any), newest first.

    Returns:
        The jobs, and the numbers for which there is none.

    Raises:
        BadInput: none was chosen, more than 100, or what is no number.
    """
    if not numbers:
        raise BadInput("choose one job or more first", field="job")
    if len(numbers) > MOST:
        raise BadInput(f"job: at most {MOST} at once", field="job")
    if not all(text.isascii() and text.isdigit() and len(text) <= _ID_DIGITS for text in numbers):
        raise BadInput("job: the number of a job", field="job")
    wanted = {int(text) for text in numbers}
    statement = select(Job).where(Job.id.in_(wanted), Job.deleted_at.is_(None))
    if user.role != "admin":
        statement = statement.where(Job.user_id == user.id)
    options = (joinedload(Job.app), joinedload(Job.version), joinedload(Job.parent), joinedload(Job.user))
    found = list(session.scalars(statement.options(*options).order_by(Job.id.desc())))
    return found, sorted(wanted - {job.id for job in found})


def cancel_jobs(session: Session, services: Services, user: User, numbers: Sequence[str]) -> Outcome:
    """Cancel several jobs.

    Raises:
        BadInput: see ``chosen_jobs``.
    """
    return _to_each(session, services, user, numbers, cancel_job)


def delete_jobs(session: Session, services: Services, user: User, numbers: Sequence[str]) -> Outcome:
    """Give up the files of several jobs.

    Raises:
        BadInput: see ``chosen_jobs``.
    """
    return _to_each(session, services, user, numbers, delete_job)


def _to_each(
    session: Session, services: Services, user: User, numbers: Sequence[str],
    act: Callable[[Session, Services, Job], object],
) -> Outcome:  # fmt: skip
    """Do it to one after the other; one that refuses does not keep the others from it."""
    jobs, unknown = chosen_jobs(session, user, numbers)
    outcome = Outcome(unknown=unknown)
    for job in jobs:
        number = job.id
        try:
            act(session, services, job)
            outcome.done.append(number)
        except Conflict as error:
            session.rollback()
            outcome.refused[number] = error.code
    return outcome
