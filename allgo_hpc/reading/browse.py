"""Looking through the files of an ended job, page by page: results, inputs apart, by a part of their name."""

from dataclasses import dataclass
from urllib.parse import unquote

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from allgo_hpc.jobs.results import LOG_NAME, flat_name
from allgo_hpc.models import Job, JobFile, JobInput
from allgo_hpc.reading.lookup import inputs_of
from allgo_hpc.states import FINAL, JobState

PAGE = 100
_ENDED = [state.value for state in FINAL]
_AT_ONCE = 1000


@dataclass(frozen=True)
class Row:
    """A file: of which task of a batch (None: it is no batch), its flat name, its size; ``there``: it is listed."""

    task: int | None
    name: str
    size: int
    there: bool = True


@dataclass(frozen=True)
class Page:
    """Some files, and where the next page begins; None: there is none."""

    rows: list[Row]
    after: tuple[int | None, str] | None


@dataclass(frozen=True)
class Counts:
    """How many files there are, and how many bytes."""

    results: int
    inputs: int
    stored: int


def count_files(session: Session, job: Job) -> Counts:
    """Return how many files a job has; a batch's tasks are counted together."""
    owned = select(Job.id).where(Job.parent_id == job.id) if job.tasks else [job.id]
    inputs = session.scalar(select(func.count()).where(JobInput.job_id.in_(owned))) or 0
    stored = job.stored_bytes
    if job.tasks:
        stored = session.scalar(select(func.sum(Job.stored_bytes)).where(Job.parent_id == job.id)) or 0
    listed = 0
    if job.tasks or JobState(job.state).is_final:
        # The key alone, and no name looked at: of a million rows, a fraction of a second.
        listed = session.scalar(select(func.count()).where(JobFile.job_id.in_(owned))) or 0
        listed -= session.scalar(select(func.count()).where(JobFile.job_id.in_(owned), JobFile.name == LOG_NAME)) or 0
    return Counts(max(0, listed - inputs), inputs, int(stored))


def results_page(
    session: Session, job: Job, *, query: str = "", after: tuple[int | None, str] | None = None, most: int = PAGE
) -> Page:
    """Return results of an ended job by name, without its inputs and its log; of a batch, task by task.

    Args:
        session: of the database.
        job: whose.
        query: only names with this in it, in capitals or not.
        after: where the page before ended.
        most: rows of a page.
    """
    if not job.tasks and not JobState(job.state).is_final:
        return Page([], None)
    inputs = inputs_of(session, job)
    rows = select(JobFile.job_id, Job.task, JobFile.name, JobFile.path, JobFile.size).join(
        Job, JobFile.job_id == Job.id
    )
    rows = rows.where(JobFile.name != LOG_NAME)
    if "\0" in query:
        return Page([], None)
    if query:
        rows = rows.where(JobFile.name.icontains(query, autoescape=True))
    rows = (
        rows.where(Job.parent_id == job.id, Job.state.in_(_ENDED)).order_by(Job.task, JobFile.name)
        if job.tasks
        else rows.where(JobFile.job_id == job.id).order_by(JobFile.name)
    )
    # Inputs are left out afterwards: so many more are read, in turns where they are many.
    at_once = min(_AT_ONCE, most + 1 + len(inputs))
    found: list[Row] = []
    while True:
        begun = rows
        if after is not None:
            begun = rows.where(
                tuple_(Job.task, JobFile.name) > tuple_(after[0] or 0, after[1])
                if job.tasks
                else JobFile.name > after[1]
            )
        read = session.execute(begun.limit(at_once)).all()
        for job_id, task, name, path, size in read:
            if (job_id, unquote(path, errors="replace")) in inputs:
                continue
            if len(found) == most:
                last = found[-1]
                return Page(found, (last.task, last.name))
            found.append(Row(task if job.tasks else None, name, size))
        if len(read) < at_once:
            return Page(found, None)
        after = (read[-1][1], read[-1][2])


def inputs_page(
    session: Session, job: Job, *, query: str = "", after: tuple[int | None, str] | None = None, most: int = PAGE
) -> Page:
    """Return the files that were sent with a job, by name; those that the app removed are not there."""
    rows = select(JobInput.job_id, Job.task, JobInput.name, JobInput.size).join(Job, JobInput.job_id == Job.id)
    if "\0" in query:
        return Page([], None)
    if query:
        rows = rows.where(JobInput.name.icontains(query, autoescape=True))
    if job.tasks:
        rows = rows.where(Job.parent_id == job.id).order_by(Job.task, JobInput.name)
    else:
        rows = rows.where(JobInput.job_id == job.id).order_by(JobInput.name)
    if after is not None:
        rows = rows.where(
            tuple_(Job.task, JobInput.name) > tuple_(after[0] or 0, after[1]) if job.tasks else JobInput.name > after[1]
        )
    read = session.execute(rows.limit(most + 1)).all()
    flat = {(job_id, name): flat_name(name.encode()) for job_id, _, name, _ in read}
    listed = {
        (job_id, name): size
        for job_id, name, size in session.execute(
            select(JobFile.job_id, JobFile.name, JobFile.size).where(
                JobFile.job_id.in_({job_id for job_id, _ in flat}), JobFile.name.in_(set(flat.values()))
            )
        )
    }
    shown = []
    for job_id, task, name, size in read[:most]:
        key = (job_id, flat[job_id, name])
        shown.append(Row(task if job.tasks else None, key[1], listed.get(key, size), key in listed))
    more = len(read) > most
    return Page(shown, (read[most - 1][1], read[most - 1][2]) if more else None)


def is_input(session: Session, job: Job, file: JobFile) -> bool:
    """True for a file that was sent with its job."""
    name = unquote(file.path, errors="replace")
    return session.get(JobInput, (job.id, name)) is not None if "\0" not in name else False


def beside(session: Session, job: Job, name: str) -> tuple[str | None, str | None]:
    """Return the names of the files before and after one, in the order of the list."""
    names = select(JobFile.name).where(JobFile.job_id == job.id)
    before = session.scalar(names.where(JobFile.name < name).order_by(JobFile.name.desc()).limit(1))
    after = session.scalar(names.where(JobFile.name > name).order_by(JobFile.name).limit(1))
    return before, after


def names_ending(session: Session, job: Job, endings: tuple[str, ...], *, most: int = 200) -> list[str]:
    """Return names of a job's files with one of these endings, in capitals or not."""
    names = select(JobFile.name).where(JobFile.job_id == job.id).order_by(JobFile.name)
    matching = func.lower(JobFile.name)
    wanted = [matching.endswith(ending, autoescape=True) for ending in endings]
    return list(session.scalars(names.where(or_(*wanted)).limit(most)))
