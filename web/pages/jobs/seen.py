"""Which job a page is about, and whether its reader may change it."""

from dataclasses import dataclass

from allgo_hpc.errors import NotFound
from allgo_hpc.models import Job, User
from allgo_hpc.reading.lookup import find_job, find_seen_job
from web.context import get_session
from web.signin.who import check_form, need_user, visitor


@dataclass(frozen=True)
class Seen:
    """A job and who looks at it; ``mine``: they may change it."""

    job: Job
    user: User | None
    mine: bool


def seen_job(job_id: str, *, field: str = "job_id") -> Seen:
    """Return a job that the visitor may look at.

    Raises:
        SignInFirst: nobody is signed in, and not everybody may look at it.
        NotFound: there is none, or it is somebody else's; the answer does not tell which.
    """
    user = visitor()
    try:
        job = find_seen_job(get_session(), user, job_id, field=field)
    except NotFound:
        need_user()
        raise
    return Seen(job, user, user is not None and (job.user_id == user.id or user.role == "admin"))


def job_to_change(job_id: str) -> Seen:
    """Return the job that a form of this portal changes.

    Raises:
        SignInFirst: nobody is signed in.
        BadInput: the form is not from a page of ours.
        NotFound: there is no such job of the visitor's.
    """
    user = need_user()
    check_form()
    return Seen(find_job(get_session(), user, job_id, deleted=True), user, mine=True)
