"""Reads what running apps say of their progress: a part of the jobs at each sweep, in turn."""

import logging
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from allgo_hpc.jobs.log import log_tail, read_log
from allgo_hpc.jobs.progress import last_progress
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.layout import Layout
from allgo_hpc.models import Job
from allgo_hpc.states import JobState

_AT_WORK = (JobState.RUNNING.value, JobState.FINISHING.value)
_log = logging.getLogger(__name__)
_LOGS_AT_ONCE = 500
"""Looking at one costs a tenth of a millisecond on a local disk, a millisecond on a shared one."""
_TAIL_BYTES = 64 * 1024


def last_words(layout: Layout, job: Job) -> dict[str, Any]:
    """Return the columns of what an ended job's app said last: its progress, and the end of its log."""
    path = layout.job_dir(job) / LOG_NAME
    try:
        size = read_log(path, 0, 0)[1]
        output = read_log(path, max(0, size - _TAIL_BYTES), _TAIL_BYTES)[0]
    except OSError:
        return {}
    said = last_progress(output)
    columns: dict[str, Any] = {"log_tail": log_tail(output)}
    return columns if said is None else columns | {"progress": said.value, "progress_message": said.message}


class Running(NamedTuple):
    """What is read of a running job."""

    id: int
    user_id: int
    app_id: int
    folder: str
    state: str
    progress: float | None
    progress_message: str | None


class ProgressReader:
    """Remembers how far each log was read; one for the life of a sweeping process."""

    def __init__(self) -> None:
        """Begin without any log."""
        self._sizes: dict[int, int] = {}
        self._turn = 0

    def read(self, session: Session, layout: Layout) -> int:
        """Note the progress of running jobs whose log has grown; returns how many changed."""
        at_work = (Job.state.in_(_AT_WORK), Job.tasks == 0)
        running = session.scalars(select(Job.id).where(*at_work).order_by(Job.id)).all()
        self._sizes = {number: self._sizes.get(number, 0) for number in running}
        if len(running) > _LOGS_AT_ONCE:
            self._turn %= len(running)
            running = (*running, *running)[self._turn : self._turn + _LOGS_AT_ONCE]
            self._turn += _LOGS_AT_ONCE
        columns = (Job.id, Job.user_id, Job.app_id, Job.folder, Job.state, Job.progress, Job.progress_message)
        jobs = session.execute(select(*columns).where(Job.id.in_(running)).order_by(Job.id)).all() if running else []
        session.commit()
        changed = sum(self._read_one(session, layout, Running._make(job)) for job in jobs)
        if changed:
            session.commit()
        return changed

    def _read_one(self, session: Session, layout: Layout, job: Running) -> bool:
        seen = self._sizes[job.id]
        try:
            _, size = read_log(layout.job_dir(job) / LOG_NAME, 0, 0)
            if size == seen:
                return False
            data, size = read_log(layout.job_dir(job) / LOG_NAME, max(0, size - _TAIL_BYTES), _TAIL_BYTES)
        except OSError as error:
            _log.debug("the log of job %s cannot be read now: %s", job.id, error)
            return False
        self._sizes[job.id] = size
        said = last_progress(data)
        if said is None or (said.value, said.message) == (job.progress, job.progress_message):
            return False
        session.execute(
            update(Job)
            .where(Job.id == job.id, Job.state == job.state)
            .values(progress=said.value, progress_message=said.message),
            execution_options={"synchronize_session": False},
        )
        return True
