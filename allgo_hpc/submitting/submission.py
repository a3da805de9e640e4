"""Accepting a job: everything is checked, then made durable, then offered to Slurm."""

import logging
import shutil
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from allgo_hpc.clusterpaths.take import take_paths
from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.failpoints import reach
from allgo_hpc.jobs.dispatch import send
from allgo_hpc.jobs.events import add_event
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.models import Job, User, utc_now
from allgo_hpc.quotas.check import check_quotas, lock_user
from allgo_hpc.services import Services
from allgo_hpc.storage import storage_errors
from allgo_hpc.submitting.batch import place_tasks, store_tasks
from allgo_hpc.submitting.idempotency import AlreadyAccepted, Key, earlier, remember
from allgo_hpc.submitting.new_job import new_job, store_job
from allgo_hpc.submitting.params import encode_words
from allgo_hpc.submitting.request import Plan, Request, check, check_input_bytes
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.uploading.claim import Claim, claiming

_log = logging.getLogger(__name__)


def submit_job(
    session: Session, services: Services, user: User, request: Request, staging: Staging, *, key: Key | None = None
) -> Job:
    """Turn an upload into a job, or into a batch of one job per file.

    When this returns, files and rows are durable, and Slurm has the job or will get it by the sweep.

    Args:
        session: of the caller.
        services: of the portal.
        user: for whom.
        request: what to run.
        staging: the uploaded files; they are moved.
        key: what makes sending it twice safe; a job that was accepted under it before is returned as it is now.

    Raises:
        Refusal: a field is wrong, or the key was used for something else; nothing was kept.
    """
    accepted = earlier(session, user, key)
    if accepted is not None:
        return accepted
    plan = check(session, services, user, request)
    try:
        if request.paths or request.uploads:
            session.commit()  # nothing of the database is held while files are read
        digests = take_paths(services, user, request.paths, staging)
        with claiming(session, services, user, request.uploads, staging) as claim:
            claim.digests |= digests
            return _accept(session, services, user, request, plan, staging=staging, claim=claim, key=key)
    except (Conflict, NotFound):
        # The same request, sent twice at once: the other one has the uploads, and may have removed their places.
        accepted = earlier(session, user, key) if request.uploads else None
        if accepted is None:
            raise
        return accepted


def _accept(
    session: Session, services: Services, user: User, request: Request, plan: Plan, *,
    staging: Staging, claim: Claim, key: Key | None,
) -> Job:  # fmt: skip
    """Store the job, whose files are all here."""
    input_bytes = check_input_bytes(plan.app, staging)
    job = new_job(services.settings, user, plan, request, uuid=staging.folder.name)
    control = services.layout.control_dir(job)
    inputs: list[tuple[str, int, int]] = []
    try:
        tasks = place_tasks(services, parent=job, staging=staging) if plan.each else []
        if not plan.each:
            staging.note([services.layout.job_dir(job)], control)
        reach("submit.noted")
        with storage_errors():
            control.mkdir(mode=0o700)
            reach("submit.control_made")
            (control / "argv").write_bytes(encode_words(plan.words))
            if tasks:
                (control / "tasks").write_bytes("".join(f"{task.folder}\n" for task in tasks).encode())
        reach("submit.argv_written")
        if not plan.each:
            with storage_errors():
                (staging.files / LOG_NAME).touch(mode=0o640)  # every job has a log, also one that Slurm refuses
            inputs = staging.inputs()
            job.input_bytes = job.stored_bytes = input_bytes
            staging.place(services.layout.job_dir(job))
        staging.settle(control)
        reach("submit.placed")
        session.commit()  # ends the reading, which a lock must not follow
        lock_user(session, user)
        check_quotas(session, services.settings, user, jobs=max(1, len(tasks)), input_bytes=input_bytes, now=utc_now())
        job.attempted_at = utc_now()  # as late as can be: from here on others wait for this submission's end
        store_job(session, job, inputs, claim.digests)
        add_event(session, [job], old="", source="portal")
        if tasks:
            store_tasks(session, job, tasks, claim.digests)
        claim.mark(job)
        remember(session, user, key, job)
        reach("submit.flushed")
        session.commit()
    except BaseException as error:
        _forget_row(session, job)
        accepted = _undo(session, staging, claim, control, error)
        if accepted is None:
            raise
        return accepted
    reach("submit.committed")
    claim.done()
    try:
        send(session, services, job)
    except Exception:
        # It is accepted: an error now would make its sender send it again. The sweep sees to it.
        _log.exception("job %s is stored, but submitting it failed", job.id)
        session.rollback()
    return job


def _forget_row(session: Session, job: Job) -> None:
    session.rollback()
    if job in session:  # the next job may get its number
        session.expunge(job)


def _undo(session: Session, staging: Staging, claim: Claim, control: Path, error: BaseException) -> Job | None:
    """Take back what could not be stored; returns the job where it is stored all the same.

    A database server can be lost after it committed and before it said so. Where that cannot be told now, the files
    stay until the housekeeping looks.
    """
    if isinstance(error, DBAPIError):
        try:
            stored = session.scalar(select(Job).where(Job.folder == control.name))
        except DBAPIError:
            session.rollback()
            claim.forget()
            staging.leave()
            return None
        if stored is not None:
            return stored
    claim.give_back()
    staging.take_back()
    shutil.rmtree(control, ignore_errors=True)
    # The same request may have been sent twice at the same time.
    return error.job(session) if isinstance(error, AlreadyAccepted) else None


def new_staging(services: Services, *, hashing: bool = False) -> Staging:
    """Begin an upload; ``hashing`` takes the SHA-256 of every file on the way."""
    return Staging(services.layout, services.settings, str(uuid4()), hashing=hashing)
