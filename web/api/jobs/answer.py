"""A job as the API tells it: A||GO's keys, and more beside them; pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from allgo_hpc.models import Job
from allgo_hpc.reading.listed import Listed
from allgo_hpc.reading.why import actions, hint, why
from allgo_hpc.settings import Queue, Settings
from allgo_hpc.states import JobState
from allgo_hpc.times import stamp


def job_summary(job: Job, queues: Sequence[Queue]) -> dict[str, Any]:
    """Return what lists show of a job, and the whole but for its files."""
    state = JobState(job.state)
    told: dict[str, Any] = {
        "id": job.id,
        "status": state.v1_status,
        "state": state.value,
        "reason": why(job),
        "hint": hint(job, queues),
        "app": job.app.name,
        "version": job.version.number,
        "queue": job.queue,
        "param": job.param,
        "progress": job.progress,
        "progress_message": job.progress_message or "",
        "exit_code": job.exit_code,
        "signal": job.signal,
        "slurm_id": job.slurm_id,
        "parent": job.parent_id,
        "task": job.task,
        "rerun_of": job.rerun_of,
        "image_sha256": job.sha256,
        "resources": {
            "asked": {"cpus": job.cpus, "memory_mb": job.memory_mb, "minutes": job.limit_minutes or None},
            "used": {
                "seconds": _seconds(job),
                "cpu_seconds": job.cpu_s,
                "peak_memory_bytes": job.peak_memory_bytes,
            },
        },
    }
    for name in ("created", "submitted", "started", "finished", "confirmed", "cancel", "expires", "deleted"):
        told[f"{name}_at"] = stamp(job.last_confirmed if name == "confirmed" else getattr(job, f"{name}_at"))
    return told


def job_answer(
    job: Job,
    base_url: str,
    settings: Settings,
    tasks: Mapping[JobState, int] | None = None,
) -> dict[str, Any]:
    """Return the answer of ``GET /api/v1/jobs/<id>``, but for its files.

    ``status`` has A||GO's words, ``state`` the portal's own. While the job runs no file is listed: a client takes
    ``allgo.log`` for the end.
    """
    told = job_summary(job, settings.queues) | {
        str(job.id): {},
        "url": f"{base_url}/api/v1/jobs/{job.id}",
        "log_tail": job.log_tail or "",
        "actions": [
            {
                "name": action.name,
                "label": action.label,
                "method": "POST",
                "url": f"{base_url}/api/v1/jobs/{job.id}/{action.name}",
                "body": action.changes,
            }
            for action in actions(job, settings.queues, memory_max_mb=settings.memory_max_mb)
        ],
    }
    if job.tasks:
        counts = {state.value: count for state, count in (tasks or {}).items() if count}
        told["batch"] = {"tasks": job.tasks, "states": counts, "url": f"{base_url}/api/v1/jobs?parent={job.id}"}
    return told


def file_url(job: Job, file: Listed, base_url: str) -> str:
    """Return the address of a file of a job, or of a task of a batch; who knows it may fetch it."""
    return f"{base_url}/datastore/{job.user_id}/{job.app_id}/{file.folder}/{quote(file.name, safe='')}"


def file_member(job: Job, file: Listed, base_url: str) -> str:
    """Return name and address of a file as a member of a JSON object.

    Clients save a batch's files side by side, so each bears its task's number.
    """
    name = f"{file.task}_{file.name}" if job.tasks else file.name
    return f"{json.dumps(name)}:{json.dumps(file_url(job, file, base_url))}"


def job_etag(job: Job, base_url: str, tasks: Mapping[JobState, int] | None = None, *, deleted_tasks: int = 0) -> str:
    """Return a tag that changes whenever the answer does: made of the row alone, without its files.

    The list of files is written once, with the final state, and given up with ``deleted_at``; of a batch it is that of
    its tasks.
    """
    columns = [repr(getattr(job, column.key)) for column in Job.__table__.columns]
    states = [f"{state}={count}" for state, count in sorted((tasks or {}).items())]
    told = "\0".join([base_url, job.app.name, repr(job.last_confirmed), *columns, *states, str(deleted_tasks)])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _seconds(job: Job) -> float | None:
    if job.started_at is None or job.finished_at is None:
        return None
    return round((job.finished_at - job.started_at).total_seconds(), 3)
