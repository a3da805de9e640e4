"""A job as the API tells it: A||GO's keys, and more beside them; pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading.hints import hint
from allgo_hpc.settings import Queue
from allgo_hpc.states import JobState
from allgo_hpc.times import stamp


def job_summary(job: Job, queues: Sequence[Queue]) -> dict[str, Any]:
    """Return what lists show of a job, and the whole but for its files."""
    state = JobState(job.state)
    told: dict[str, Any] = {
        "id": job.id,
        "status": state.v1_status,
        "state": state.value,
        "reason": job.reason,
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
        told[f"{name}_at"] = stamp(getattr(job, f"{name}_at"))
    return told


def job_answer(
    job: Job,
    base_url: str,
    queues: Sequence[Queue],
    files: Mapping[str, str],
    tasks: Mapping[JobState, int] | None = None,
) -> dict[str, Any]:
    """Return the answer of ``GET /api/v1/jobs/<id>``.

    ``status`` has A||GO's words, ``state`` the portal's own. While the job runs no file is listed: a client takes
    ``allgo.log`` for the end.
    """
    told = job_summary(job, queues) | {
        str(job.id): dict(files) if JobState(job.state).is_final else {},
        "url": f"{base_url}/api/v1/jobs/{job.id}",
    }
    if job.tasks:
        counts = {state.value: count for state, count in (tasks or {}).items() if count}
        told["batch"] = {"tasks": job.tasks, "states": counts, "url": f"{base_url}/api/v1/jobs?parent={job.id}"}
    return told


def file_url(job: Job, file: JobFile, base_url: str) -> str:
    """Return the address of a file; who knows it may fetch it."""
    return f"{base_url}/datastore/{job.user_id}/{job.app_id}/{job.folder}/{quote(file.name, safe='')}"


def file_urls(job: Job, files: Iterable[JobFile], base_url: str) -> dict[str, str]:
    """Return the addresses of a job's files by their flat names."""
    return {file.name: file_url(job, file, base_url) for file in files}


def task_file_urls(rows: Iterable[tuple[Job, JobFile]], base_url: str) -> dict[str, str]:
    """Return the addresses of a batch's files: clients save them side by side, so each bears its task's number."""
    return {f"{job.task}_{file.name}": file_url(job, file, base_url) for job, file in rows}


def job_etag(job: Job, base_url: str, tasks: Mapping[JobState, int] | None = None, *, deleted_tasks: int = 0) -> str:
    """Return a tag that changes whenever the answer does: made of the row alone, without its files.

    The list of files is written once, with the final state, and given up with ``deleted_at``; of a batch it is that of
    its tasks.
    """
    columns = [repr(getattr(job, column.key)) for column in Job.__table__.columns]
    states = [f"{state}={count}" for state, count in sorted((tasks or {}).items())]
    told = "\0".join([base_url, job.app.name, *columns, *states, str(deleted_tasks)])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _seconds(job: Job) -> float | None:
    if job.started_at is None or job.finished_at is None:
        return None
    return round((job.finished_at - job.started_at).total_seconds(), 3)
