"""The files of ended jobs: by the secret name of the job's folder, or by its number with a token."""

from typing import Any

from flask import Response

from allgo_hpc.models import Job
from allgo_hpc.reading.fetching import check_in_place
from allgo_hpc.reading.lookup import find_file, find_job, find_job_by_folder
from web.api.groups import FILES
from web.auth import ANYBODY, current_user, needs
from web.context import get_services, get_session
from web.sending import send_stored

_RANGE = {
    "in": "header",
    "name": "Range",
    "schema": {"type": "string"},
    "description": "A part of the file, such as `bytes=1000-`; with `If-Range` an interrupted download goes on.",
}
_CONTENT = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
FILE_ANSWERS: dict[int, dict[str, Any]] = {
    200: {"description": "The file; its `ETag` is its SHA-256.", "content": _CONTENT},
    206: {"description": "The part that was asked for.", "content": _CONTENT},
    304: {"description": "The client has it already."},
}


@FILES.operation(
    "/datastore/<int:user_id>/<int:app_id>/<folder>/<name>",
    auth=ANYBODY,
    headers=(_RANGE,),
    answers=FILE_ANSWERS,
    errors=(404, 410, 416, 503),
)
def get_by_folder(user_id: int, app_id: int, folder: str, name: str) -> Response:
    """Send a file of an ended job to whoever knows its address."""
    return _send(find_job_by_folder(get_session(), user_id, app_id, folder), name)


@FILES.operation(
    "/api/v1/datastore/<job_id>/<name>",
    auth=needs("jobs:read"),
    headers=(_RANGE,),
    answers=FILE_ANSWERS,
    errors=(410, 416, 503),
)
def get_by_id(job_id: str, name: str) -> Response:
    """Send a file of one's own ended job."""
    return _send(find_job(get_session(), current_user(), job_id), name)


def _send(job: Job, name: str) -> Response:
    session = get_session()
    file = find_file(session, job, name)
    path = check_in_place(session, get_services().layout, job, file)
    answer = send_stored(
        path, mimetype="application/octet-stream", name=file.name, etag=file.sha256, as_attachment=True
    )
    # What an app wrote is never a page of the portal's.
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
