"""The files of an ended job as they are listed, page by page: there may be a million."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from allgo_hpc.models import Job, JobFile
from allgo_hpc.states import FINAL, JobState

PAGE = 5000
"""Files that are read at a time: a megabyte or two of an answer."""
_ENDED = [state.value for state in FINAL]


class Listed(NamedTuple):
    """One file: of which job (of a batch, of which task), and what is known of it."""

    job_id: int
    folder: str
    task: int | None
    name: str
    path: str
    size: int
    sha256: str


class ListChanged(Exception):  # noqa: N818  # it tells what happened
    """Files were deleted while their list was read: what was read so far is not the whole."""


def count_listed(session: Session, job: Job) -> int:
    """Return how many files an ended job has; of a batch, its ended tasks."""
    return session.scalar(select(func.count()).select_from(_rows(job).subquery())) or 0


def first_page(session: Session, job: Job) -> list[Listed]:
    """Return the first ``PAGE`` files of a job that has ended, of a batch those of its ended tasks; else none."""
    return _page(session, job, None) if job.tasks or JobState(job.state).is_final else []


def following_pages(
    sessions: Callable[[], Session], job: Job, first: list[Listed], total: int
) -> Iterator[list[Listed]]:
    """Give the pages after the first, each read in a session of its own: whoever takes them may be slow.

    Args:
        sessions: makes sessions.
        job: whose; its columns are loaded.
        first: the first page.
        total: how many files there were then.

    Raises:
        ListChanged: at the end, where there were not as many.
    """
    seen, page = len(first), first
    while len(page) == PAGE:
        with sessions() as session:
            page = _page(session, job, page[-1])
        seen += len(page)
        yield page
    if seen != total:
        raise ListChanged(f"job {job.id}: {total} files were listed, {seen} were read")


def _page(session: Session, job: Job, after: Listed | None) -> list[Listed]:
    rows = _rows(job)
    if job.tasks:
        rows = rows.order_by(Job.task, JobFile.name)
        if after is not None:
            rows = rows.where(tuple_(Job.task, JobFile.name) > tuple_(after.task, after.name))
    else:
        rows = rows.order_by(JobFile.name)
        if after is not None:
            rows = rows.where(JobFile.name > after.name)
    return [Listed._make(row) for row in session.execute(rows.limit(PAGE))]


def _rows(job: Job) -> Select[int, str, int | None, str, str, int, str]:
    rows = select(Job.id, Job.folder, Job.task, JobFile.name, JobFile.path, JobFile.size, JobFile.sha256).join(
        JobFile, JobFile.job_id == Job.id
    )
    return rows.where(Job.parent_id == job.id, Job.state.in_(_ENDED)) if job.tasks else rows.where(Job.id == job.id)
