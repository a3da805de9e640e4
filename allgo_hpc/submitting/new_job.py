"""The row of a job that is about to be accepted."""

import secrets
from datetime import timedelta
from uuid import uuid4

from allgo_hpc.models import Job, User, utc_now
from allgo_hpc.settings import Settings
from allgo_hpc.submitting.request import Plan, Request


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
