"""A job as the API tells it: A||GO's keys, and more beside them."""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from allgo_hpc.models import Job
from allgo_hpc.states import JobState


def job_answer(job: Job, base_url: str) -> dict[str, Any]:
    """Return the answer of ``GET /api/v1/jobs/<id>``; pure.

    While the job runs no file is listed: a client takes ``allgo.log`` for the end. ``status`` has A||GO's words,
    ``state`` the portal's own.
    """
    state = JobState(job.state)
    root = f"{base_url.rstrip('/')}/datastore/{job.user_id}/{job.app_id}/{job.folder}/"
    files = {file.name: root + quote(file.name) for file in job.files} if state.is_final else {}
    return {
        "id": job.id,
        "status": state.v1_status,
        str(job.id): files,
        "state": state.value,
        "reason": job.reason,
        "exit_code": job.exit_code,
        "signal": job.signal,
        "app": job.app.name,
        "version": job.version.number,
        "queue": job.queue,
        "param": job.param,
        "slurm_id": job.slurm_id,
        "created_at": _time(job.created_at),
        "submitted_at": _time(job.submitted_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "confirmed_at": _time(job.confirmed_at),
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value is not None else None
