"""``POST /api/v1/jobs``: a job, or a batch of one job per file."""

from contextlib import ExitStack
from typing import Any

from flask import Response, jsonify, request

from allgo_hpc.errors import BadInput
from allgo_hpc.models import Job
from allgo_hpc.reading.lookup import mean_seconds
from allgo_hpc.submitting.idempotency import HEADER, Key, check_key, fingerprint
from allgo_hpc.submitting.submission import new_staging, submit_job
from web.api.groups import JOBS
from web.api.jobs.form import JobForm, JobFormWithFiles, to_request
from web.api.jobs.schemas import Accepted
from web.api.jobs.upload import read_form
from web.auth import current_user, needs
from web.context import base_url, get_services, get_session

KEY_HEADER: dict[str, Any] = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "Makes sending again safe: the same key and content give the same job for a day.",
}
JOB_LINKS = {"job_id": ("get_job", "post_cancel", "post_rerun", "delete", "get_files", "get_archive", "get_job_events")}
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": JobFormWithFiles},
        "application/x-www-form-urlencoded": {"schema": JobForm},
    },
}


@JOBS.operation(
    "/api/v1/jobs",
    method="POST",
    auth=needs("jobs:write"),
    body=_BODY,
    headers=(KEY_HEADER,),
    answers={200: Accepted},
    errors=(400, 404, 413, 422, 503, 507),
    links=JOB_LINKS,
)
def post_job() -> Response:
    """Submit a job.

    200 means that its files and its record are durable, whether or not Slurm answers now.
    """
    user = current_user()
    session, services = get_session(), get_services()
    key_text = check_key(request.headers.get(HEADER))
    if request.content_length is None and request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        raise BadInput("the request has no body", code="bad_form")
    session.commit()  # nothing of the database is held while the body comes
    with ExitStack() as upload:
        staging = upload.enter_context(new_staging(services, hashing=key_text is not None))
        fields = read_form(request, staging)
        key = Key(key_text, fingerprint("POST jobs", fields, staging.digests)) if key_text else None
        job = submit_job(session, services, user, to_request(fields), staging, key=key)
        answer = jsonify(accepted(job))
        # Its empty folder goes when the answer is out: the disk is still busy with what was just made durable.
        answer.call_on_close(upload.pop_all().close)
    return answer


def accepted(job: Job) -> dict[str, Any]:
    """Return the answer to whoever submitted a job."""
    told = {
        "avg_time": mean_seconds(job.app),
        "id": job.id,
        "url": f"{base_url()}/api/v1/jobs/{job.id}",
        "state": job.state,
        "slurm_id": job.slurm_id,
    }
    return told | ({"tasks": job.tasks} if job.tasks else {})
