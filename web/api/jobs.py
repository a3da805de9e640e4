"""``/api/v1/jobs``: submit a job, ask for it."""

from flask import Blueprint, Response, jsonify, request, url_for

from allgo_hpc.errors import BadInput
from allgo_hpc.jobs.lookup import find_job, mean_seconds
from allgo_hpc.jobs.submission import new_staging, submit_job
from web.api.form import to_request
from web.api.job_answer import job_answer
from web.api.upload import read_form
from web.app import get_services, get_session
from web.auth import current_user

blueprint = Blueprint("jobs", __name__)


@blueprint.post("/api/v1/jobs", strict_slashes=False)
def post_job() -> Response:
    """Accept a job: 200 means that its files and its record are durable, whether or not Slurm answers now."""
    user = current_user()
    session, services = get_session(), get_services()
    if request.content_length is None and request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise BadInput("the request has no body", code="bad_form")
    with new_staging(services) as staging:
        fields = read_form(request, staging)
        job = submit_job(session, services, user, to_request(fields), staging)
    answer = {
        "avg_time": mean_seconds(session, job.app),
        "id": job.id,
        "url": services.settings.base_url.rstrip("/") + url_for("jobs.get_job", job_id=job.id)
        if services.settings.base_url
        else url_for("jobs.get_job", job_id=job.id, _external=True),
        "state": job.state,
    }
    return jsonify(answer)


@blueprint.get("/api/v1/jobs/<job_id>", strict_slashes=False)
def get_job(job_id: str) -> Response:
    """Tell where a job stands and, once it has ended, where its files are."""
    job = find_job(get_session(), current_user(), job_id)
    return jsonify(job_answer(job, get_services().settings.base_url or request.host_url))
