"""A batch: one job per input file, run by Slurm as one array under one parent."""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import uuid4

from sqlalchemy import Table, insert, select, true
from sqlalchemy.orm import Session

from allgo_hpc.errors import BadInput, TooLarge
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.events import add_task_events
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.listed import Listed
from allgo_hpc.models import Job, JobInput
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.staging import Staging

FIELD = "job[batch]"
_JOB = cast(Table, Job.__table__)
_INPUT = cast(Table, JobInput.__table__)
# What a task has in common with its batch; not the mail at its end: of a batch one comes, at the end of all.
_SHARED = (
    "user_id", "app_id", "version_id", "sha256", "queue", "param", "memory_mb", "cpus", "gpus", "limit_minutes",
    "rerun_of", "state", "created_at", "expires_at",
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """One job of a batch that is about to be stored: its folder's name and its one file."""

    folder: str
    name: str
    size: int
    changed_ns: int


def place_tasks(services: Services, *, parent: Job, staging: Staging) -> list[Task]:
    """Give each uploaded file a job folder of its own; returns the tasks in the order in which the files came.

    The parent gets no job folder, only a control folder; the tasks get theirs in it, from the script.

    Raises:
        BadInput: no file was sent.
        TooLarge: more files than a batch may have.
    """
    names = list(staging.names_in_order)
    most = services.settings.batch_max_tasks
    if not names:
        raise BadInput(f"{FIELD}: a batch needs at least one input file", field=FIELD)
    if len(names) > most:
        raise TooLarge(f"{FIELD}: {len(names)} files are more than the {most} tasks that a batch may have", field=FIELD)
    parent.tasks = len(names)
    folders = [secrets.token_hex(20) for _ in names]
    home = services.layout.job_dir(parent).parent
    staging.note([f"{home}/{folder}" for folder in folders], services.layout.control_dir(parent))
    tasks = []
    with storage_errors():
        for folder, (name, path) in zip(folders, staging.place_each(home, folders), strict=True):
            os.close(os.open(f"{home}/{folder}/{LOG_NAME}", os.O_CREAT | os.O_WRONLY, 0o640))
            # Renaming a file sets its change time anew: it is noted after that.
            status = os.stat(path)  # noqa: PTH116  # a thousand: an object for each path takes as long as the call
            tasks.append(Task(folder, name, status.st_size, status.st_ctime_ns))
            reach("batch.task_placed")
    return tasks


def store_tasks(session: Session, parent: Job, tasks: Sequence[Task], digests: Mapping[str, str]) -> None:
    """Store the rows of a batch's tasks, their inputs and first events; the parent has its number, the caller commits.

    The database makes the rows, of one list and of what the tasks share with the batch: a thousand take 0.02 s so,
    0.04 s as rows that are sent, and 1 s as objects.
    """
    connection = session.connection()
    own = Listed(connection, [(number, str(uuid4()), task.folder, task.size) for number, task in enumerate(tasks)])
    batch = _JOB.alias("batch")
    rows = select(
        *(batch.c.id, own.integer(0), own.text(1), own.text(2), own.integer(3), own.integer(3)),
        *(batch.c[name] for name in _SHARED),
    )
    rows = rows.select_from(batch.join(own.table, true())).where(batch.c.id == parent.id)
    names = ("parent_id", "task", "uuid", "folder", "input_bytes", "stored_bytes", *_SHARED)
    connection.execute(insert(_JOB).from_select(names, rows))
    its_tasks = select(_JOB.c.id).where(_JOB.c.parent_id == parent.id).order_by(_JOB.c.task)
    ids = connection.execute(its_tasks).scalars().all()
    numbered = zip(ids, tasks, strict=True)
    sent = [(number, task.name, task.size, task.changed_ns, digests.get(task.name)) for number, task in numbered]
    its = Listed(connection, sent)
    inputs = select(its.integer(0), its.text(1), its.integer(2), its.integer(3), its.text(4))
    connection.execute(insert(_INPUT).from_select(("job_id", "name", "size", "changed_ns", "sha256"), inputs))
    add_task_events(session, ids, "", parent.state, source="portal")
