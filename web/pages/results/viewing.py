"""Whose files are looked at, by whom, and under which addresses: those of one's own job, or those of a link."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import request

from allgo_hpc.errors import BadInput, NotFound
from allgo_hpc.jobs.shares import follow_share
from allgo_hpc.models import Job, JobShare, User, utc_now
from allgo_hpc.reading.seeing import find_seen_job, find_task
from web.context import get_session
from web.signin.who import SignInFirst, visitor

_TASK_DIGITS = 9


@dataclass(frozen=True)
class Viewing:
    """One look at a job.

    Attributes:
        job: of a batch: the batch.
        base: what all addresses of it begin with.
        user: who looks; None: nobody in particular.
        share: the link that led here; None: none did.
    """

    job: Job
    base: str
    user: User | None = None
    share: JobShare | None = None

    @property
    def is_own(self) -> bool:
        """True for the job's own user, who may share it."""
        return self.share is None and self.user is not None and self.user.id == self.job.user_id

    def file(self, name: str, task: int | None = None) -> str:
        """Return the address of a file's page."""
        return self._address("files", name, task)

    def raw(self, name: str, task: int | None = None, **more: str) -> str:
        """Return the address of a file's bytes."""
        return self._address("raw", name, task, **more)

    def _address(self, what: str, name: str, task: int | None, **more: str) -> str:
        words = ({"task": str(task)} if task is not None else {}) | more
        return f"{self.base}/{what}/{quote(name, safe='')}" + (f"?{urlencode(words)}" if words else "")


def view_job(wanted: str) -> Viewing:
    """Return the visitor's look at a job by its number.

    Raises:
        SignInFirst: nobody is signed in, and it is not for everybody.
        NotFound: there is none, or it is not theirs to see.
        Gone: its files were deleted.
    """
    user = visitor()
    try:
        job = find_seen_job(get_session(), user, wanted)
    except NotFound:
        if user is None:
            raise SignInFirst from None
        raise
    return Viewing(job, f"/jobs/{job.id}", user)


def view_share(secret: str) -> Viewing:
    """Return the look at a job that a link gives; whoever is signed in sees no more than others.

    Raises:
        NotFound: no link looks like that.
        Gone: its time is over, or it was taken back.
    """
    job, share = follow_share(get_session(), secret, utc_now())
    return Viewing(job, f"/shared/{secret}", None, share)


def task_wanted(view: Viewing) -> tuple[Job, int | None]:
    """Return the job whose file is asked for: of a batch, the task that the address names.

    Raises:
        BadInput: the task is no number.
        NotFound: there is none of it.
    """
    text = request.args.get("task", "")
    if not text:
        return view.job, None
    if not (text.isascii() and text.isdigit() and len(text) <= _TASK_DIGITS):
        raise BadInput("task: a number", field="task")
    return find_task(get_session(), view.job, int(text)), int(text)
