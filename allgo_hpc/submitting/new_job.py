"""The row of a job that is about to be accepted."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import ReturningInsert

from allgo_hpc.models import Job, JobInput, User, utc_now
from allgo_hpc.settings import Settings
from allgo_hpc.submitting.request import Plan, Request

_JOB = cast(Table, Job.__table__)
_INPUT = cast(Table, JobInput.__table__)


@lru_cache(maxsize=16)
def _insertion(names: frozenset[str]) -> ReturningInsert[Any]:
    """Return the statement that inserts a job of which these columns are known, and returns the others.

    Made once: making it takes longer than running it.
    """
    return insert(_JOB).returning(*(column for column in _JOB.c if column.name not in names))


def new_job(settings: Settings, user: User, plan: Plan, request: Request, *, uuid: str | None = None) -> Job:
    """Return the row of a new job, with a folder's name of its own; it is not stored yet.

    Its end date is on it from the start, as if it took its queue's whole limit; its real end sets it anew.

    Args:
        settings: of the portal.
        user: whose job.
        plan: what was found right.
        request: what was asked.
        uuid: the mark that travels with the Slurm job; a fresh one by default.
    """
    now = utc_now()
    return Job(
        uuid=uuid or str(uuid4()),
        folder=secrets.token_hex(20),
        user_id=user.id,
        app_id=plan.app.id,
        version_id=plan.version.id,
        sha256=plan.version.sha256,
        queue=plan.queue.name,
        param=request.param,
        memory_mb=request.memory_mb or plan.app.memory_mb,
        cpus=request.cpus or plan.app.cpus,
        gpus=plan.app.gpus,
        limit_minutes=plan.queue.minutes,
        rerun_of=request.rerun_of,
        mail_at_end=user.mail_at_end if request.mail_at_end is None else request.mail_at_end,
        state="created",
        created_at=now,
        expires_at=now + timedelta(minutes=plan.queue.minutes, days=settings.retention_days),
    )


def store_job(session: Session, job: Job, inputs: Sequence[tuple[str, int, int]], digests: Mapping[str, str]) -> None:
    """Insert the row of a new job and those of its inputs; the caller commits.

    By the tables: what a session does to find the order of its objects' rows takes twice as long as the rows.

    Args:
        session: of the caller; the job belongs to it afterwards.
        job: not stored yet.
        inputs: name, bytes and change time (ns) of each file.
        digests: SHA-256 by name, where known.
    """
    connection = session.connection()
    values = {name: value for name, value in vars(job).items() if name in _JOB.c}
    row = connection.execute(_insertion(frozenset(values)), values).one()
    for name, value in (values | row._asdict()).items():
        set_committed_value(job, name, value)
    make_transient_to_detached(job)
    session.add(job)
    if inputs:
        rows = [
            {"job_id": job.id, "name": name, "size": size, "changed_ns": at, "sha256": digests.get(name)}
            for name, size, at in inputs
        ]
        connection.execute(insert(_INPUT), rows)
