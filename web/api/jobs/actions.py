"""What can be done with a job: cancel, run again, delete."""

from flask import Response, jsonify, request

from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.jobs.keeping import keep_longer
from allgo_hpc.models import utc_now
from allgo_hpc.reading.lookup import find_job
from allgo_hpc.submitting.idempotency import HEADER, Key, check_key, fingerprint
from allgo_hpc.submitting.rerun import rerun_job
from allgo_hpc.submitting.submission import new_staging
from allgo_hpc.sweeping.batches import states_of_tasks
from web.api.groups import JOBS
from web.api.jobs.answer import job_answer
from web.api.jobs.read import whole_answer
from web.api.jobs.schemas import Accepted, Changes, ChangesWithFiles, JobAnswer, Keep
from web.api.jobs.submit import JOB_LINKS, KEY_HEADER, accepted
from web.api.jobs.upload import read_form
from web.auth import current_user, needs
from web.checks import from_texts, json_or_form, load_body, load_fields
from web.context import base_url, get_services, get_session

_CHANGES = json_or_form(Changes)
_CHANGES["content"]["multipart/form-data"] = {"schema": ChangesWithFiles}


@JOBS.operation(
    "/api/v1/jobs/<job_id>/cancel",
    method="POST",
    auth=needs("jobs:write"),
    answers={200: JobAnswer},
    errors=(409, 410),
)
def post_cancel(job_id: str) -> Response:
    """Cancel a job; its record stays.

    A job that waits does not start any more, from this answer on; one that runs is ended. Its state becomes `cancelled`
    when Slurm has confirmed it; until then `cancel_at` is set. Cancelling again is no error.
    """
    session, services = get_session(), get_services()
    job = find_job(session, current_user(), job_id)
    cancel_job(session, services, job)
    tasks = states_of_tasks(session, job) if job.tasks else None
    return jsonify(job_answer(job, base_url(), services.settings, tasks))


@JOBS.operation(
    "/api/v1/jobs/<job_id>/rerun",
    method="POST",
    auth=needs("jobs:write"),
    body=_CHANGES,
    headers=(KEY_HEADER,),
    answers={200: Accepted},
    errors=(400, 409, 413, 422, 503, 507),
    links=JOB_LINKS,
)
def post_rerun(job_id: str) -> Response:
    """Run a job again, with changes, on the inputs that were sent then.

    The inputs need not be sent again. One that is sent takes the place of the earlier one of its name; that is the way
    where the app has changed it (else 409 `inputs_changed`) or the files were deleted (409 `inputs_gone`).
    """
    session, services, user = get_session(), get_services(), current_user()
    key_text = check_key(request.headers.get(HEADER))
    job = find_job(session, user, job_id, deleted=True)
    session.commit()  # nothing of the database is held while the body comes
    with new_staging(services, hashing=key_text is not None) as staging:
        if request.mimetype == "multipart/form-data":
            changes = load_fields(from_texts(read_form(request, staging), Changes()), Changes())
        else:
            changes = load_body(request, Changes())
        what = f"POST jobs/{job.id}/rerun"
        key = Key(key_text, fingerprint(what, changes, staging.digests)) if key_text else None
        return jsonify(accepted(rerun_job(session, services, user, job, staging, changes=changes, key=key)))


@JOBS.operation(
    "/api/v1/jobs/<job_id>/keep",
    method="POST",
    auth=needs("jobs:write"),
    body=json_or_form(Keep),
    answers={200: JobAnswer},
    errors=(400, 409, 410),
)
def post_keep(job_id: str) -> Response:
    """Keep the files of an ended job for so many days from now on.

    It never shortens; the site sets how long after its end that may be.
    """
    session, services = get_session(), get_services()
    job = find_job(session, current_user(), job_id)
    keep_longer(session, services, job, load_body(request, Keep())["days"], utc_now())
    tasks = states_of_tasks(session, job) if job.tasks else None
    return whole_answer(job, tasks)


@JOBS.operation(
    "/api/v1/jobs/<job_id>",
    method="DELETE",
    auth=needs("jobs:write"),
    answers={204: {"description": "Deleted."}},
    errors=(409, 410),
)
def delete(job_id: str) -> tuple[str, int]:
    """Delete the files of an ended job; what is known of it stays.

    From then on asking for it is answered 410 with what is still known, and it is listed under `deleted=true`.
    """
    session = get_session()
    delete_job(session, get_services(), find_job(session, current_user(), job_id))
    return "", 204
