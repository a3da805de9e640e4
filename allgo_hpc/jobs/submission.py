"""Accepting a job: everything is checked, then made durable, then offered to Slurm."""

import logging
import secrets
import shutil
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.orm import Session

from allgo_hpc.apps import find_app, find_version
from allgo_hpc.durable import sync_folder, write_durably
from allgo_hpc.errors import BadInput, NotAllowed
from allgo_hpc.jobs.dispatch import send
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.models import App, Job, JobEvent, User, Version, utc_now
from allgo_hpc.near import did_you_mean
from allgo_hpc.params import encode_words, split_param
from allgo_hpc.services import Services
from allgo_hpc.settings import Queue
from allgo_hpc.staging import Staging, storage_errors

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a user asks for, as it was sent."""

    app: str
    app_field: str = "job[webapp_name]"
    version: str | None = None
    queue: str | None = None
    param: str = ""


@dataclass(frozen=True)
class Plan:
    """A request that was found right."""

    app: App
    version: Version
    queue: Queue
    words: list[str]


def check(session: Session, services: Services, user: User, request: Request) -> Plan:
    """Check every field of a request.

    Raises:
        Refusal: naming the field.
    """
    if not user.active:
        raise NotAllowed("this account is closed")
    app = find_app(session, user, request.app, field=request.app_field)
    version = find_version(session, user, app, request.version, field="job[version]")
    name = request.queue or app.default_queue
    queue = services.settings.queue(name)
    if queue is None:
        known = [each.name for each in services.settings.queues]
        shown = name[:32] if name.isprintable() else "(what was sent)"
        raise BadInput(
            f"job[queue]: there is no queue '{shown}'{did_you_mean(name[:32], known)}",
            field="job[queue]",
            code="unknown_queue",
        )
    words = split_param(request.param, most_bytes=services.settings.param_max_bytes)
    return Plan(app, version, queue, words)


def submit_job(session: Session, services: Services, user: User, request: Request, staging: Staging) -> Job:
    """Turn an upload into a job.

    When this returns, files and row are durable, and Slurm has the job or will get it by the sweep.

    Raises:
        Refusal: a field is wrong; nothing was kept.
    """
    plan = check(session, services, user, request)
    job = Job(
        uuid=staging.folder.name,
        folder=secrets.token_hex(20),
        user_id=user.id,
        app_id=plan.app.id,
        version_id=plan.version.id,
        sha256=plan.version.sha256,
        queue=plan.queue.name,
        param=request.param,
        memory_mb=plan.app.memory_mb,
        cpus=plan.app.cpus,
    )
    control = services.layout.control_dir(job)
    try:
        staging.note(services.layout.job_dir(job))
        with storage_errors():
            control.mkdir(mode=0o700)
            write_durably(control / "argv", encode_words(plan.words))
            sync_folder(services.layout.control)
            (staging.files / LOG_NAME).touch(mode=0o640)  # every job has a log, also one that Slurm refuses
        staging.place(services.layout.job_dir(job))
        job.attempted_at = utc_now()  # as late as can be: from here on others wait for this submission's end
        session.add(job)
        session.flush()
        session.add(JobEvent(job_id=job.id, old="", new=job.state, source="portal"))
        session.commit()
    except BaseException:
        session.rollback()
        staging.take_back()
        shutil.rmtree(control, ignore_errors=True)
        raise
    try:
        send(session, services, job)
    except Exception:
        # It is accepted: an error now would make its sender send it again. The sweep sees to it.
        _log.exception("job %s is stored, but submitting it failed", job.id)
        session.rollback()
    return job


def new_staging(services: Services) -> Staging:
    """Begin an upload."""
    return Staging(services.layout, services.settings, str(uuid4()))
