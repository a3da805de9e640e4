"""The files of ended jobs: by the secret name of the job's folder, or by its number with a token."""

from flask import Blueprint, Response, send_file

from allgo_hpc.errors import NotFound
from allgo_hpc.jobs.lookup import find_file, find_job, find_job_by_folder
from allgo_hpc.jobs.results import result_path
from allgo_hpc.models import Job
from web.app import get_services, get_session
from web.auth import current_user

blueprint = Blueprint("datastore", __name__)


@blueprint.get("/datastore/<int:user_id>/<int:app_id>/<folder>/<name>")
def get_by_folder(user_id: int, app_id: int, folder: str, name: str) -> Response:
    """Send a file; who knows the folder's name may have it, as A||GO's clients download without a token."""
    return _send(find_job_by_folder(get_session(), user_id, app_id, folder), name)


@blueprint.get("/api/v1/datastore/<job_id>/<name>")
def get_by_id(job_id: str, name: str) -> Response:
    """Send a file of one's own job."""
    return _send(find_job(get_session(), current_user(), job_id), name)


def _send(job: Job, name: str) -> Response:
    file = find_file(get_session(), job, name)
    folder = get_services().layout.job_dir(job)
    path = result_path(folder, file)
    # The list holds regular files only; should one have become a link since, it is not followed out of the folder.
    if path.resolve() != folder.resolve() / path.relative_to(folder) or not path.is_file():
        raise NotFound("this file is not there any more", field="file", code="unknown_file")
    answer = send_file(
        path,
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=file.name,
        etag=file.sha256,
        max_age=0,
    )
    # What an app wrote is never a page of the portal's.
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
