"""``GET /api/v1/jobs/<id>/files``: what a job left, with sizes and hashes."""

from typing import Any
from urllib.parse import unquote

from flask import Response, jsonify

from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading.lookup import files_of_tasks, find_job
from allgo_hpc.states import JobState
from web.api.groups import FILES
from web.api.jobs.answer import file_url
from web.api.jobs.schemas import FileList
from web.auth import current_user, needs
from web.context import base_url, get_session


@FILES.operation("/api/v1/jobs/<job_id>/files", auth=needs("jobs:read"), answers={200: FileList}, errors=(410,))
def get_files(job_id: str) -> Response:
    """List the files of an ended job with size and SHA-256; of a batch, those of its ended tasks."""
    session = get_session()
    job = find_job(session, current_user(), job_id)
    if job.tasks:
        rows = files_of_tasks(session, job)
    else:
        rows = [(job, file) for file in job.files] if JobState(job.state).is_final else []
    inputs = {owner.id: {one.name for one in owner.inputs} for owner in {row[0].id: row[0] for row in rows}.values()}
    return jsonify({"files": [_entry(owner, file, inputs[owner.id]) for owner, file in rows]})


def _entry(job: Job, file: JobFile, inputs: set[str]) -> dict[str, Any]:
    path = unquote(file.path, errors="replace")
    told: dict[str, Any] = {
        "name": file.name,
        "path": path,
        "size": file.size,
        "sha256": file.sha256,
        "is_input": path in inputs,
        "url": file_url(job, file, base_url()),
    }
    return told if job.task is None else told | {"task": job.task}
