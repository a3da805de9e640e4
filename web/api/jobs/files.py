"""``GET /api/v1/jobs/<id>/files``: what a job left, with sizes and hashes."""

import json
from collections.abc import Set
from typing import Any
from urllib.parse import unquote

from flask import Response

from allgo_hpc.models import Job
from allgo_hpc.reading.listed import Listed
from allgo_hpc.reading.lookup import find_job, inputs_of
from web.api.groups import FILES
from web.api.jobs.answer import file_url
from web.api.jobs.listing import answer_with_files
from web.api.jobs.schemas import FileList
from web.auth import current_user, needs
from web.context import base_url, get_session


@FILES.operation("/api/v1/jobs/<job_id>/files", auth=needs("jobs:read"), answers={200: FileList}, errors=(410,))
def get_files(job_id: str) -> Response:
    """List the files of an ended job with size and SHA-256; of a batch, those of its ended tasks."""
    session = get_session()
    job = find_job(session, current_user(), job_id)
    base, inputs = base_url(), inputs_of(session, job)
    return answer_with_files({"files": []}, "files", job, lambda file: json.dumps(_entry(job, file, inputs, base)))


def _entry(job: Job, file: Listed, inputs: Set[tuple[int, str]], base: str) -> dict[str, Any]:
    path = unquote(file.path, errors="replace")
    told: dict[str, Any] = {
        "name": file.name,
        "path": path,
        "size": file.size,
        "sha256": file.sha256,
        "is_input": (file.job_id, path) in inputs,
        "url": file_url(job, file, base),
    }
    return told if file.task is None else told | {"task": file.task}
