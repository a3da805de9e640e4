"""Asking for one's jobs: one, or a list."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response, jsonify, make_response, request

from allgo_hpc.models import Job
from allgo_hpc.reading.listing import Filter, list_jobs
from allgo_hpc.reading.lookup import count_deleted_tasks, find_job
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.batches import states_of_tasks
from web.api.groups import JOBS
from web.api.jobs.answer import file_member, job_answer, job_etag, job_summary
from web.api.jobs.listing import answer_with_files
from web.api.jobs.schemas import JobAnswer, JobList, ListQuery
from web.auth import current_user, needs
from web.context import base_url, get_services, get_session
from web.paging import before_id

_IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of an earlier answer: 304 without a body where nothing has changed.",
}


@JOBS.operation(
    "/api/v1/jobs/<job_id>",
    auth=needs("jobs:read"),
    headers=(_IF_NONE_MATCH,),
    answers={200: JobAnswer, 304: {"description": "Nothing has changed."}},
    errors=(410,),
)
def get_job(job_id: str) -> Response:
    """Tell where a job stands and, once it has ended, where its files are.

    It answers from the database alone, also while Slurm cannot be reached; `confirmed_at` says how old that is.
    """
    session = get_session()
    job = find_job(session, current_user(), job_id)
    tasks = states_of_tasks(session, job) if job.tasks else None
    deleted = count_deleted_tasks(session, job) if job.tasks else 0
    tag = job_etag(job, base_url(), tasks, deleted_tasks=deleted)
    unchanged = request.if_none_match.contains_weak(tag)
    answer = make_response(b"", 304) if unchanged else whole_answer(job, tasks)
    answer.set_etag(tag)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@JOBS.operation("/api/v1/jobs", auth=needs("jobs:read"), query=ListQuery, answers={200: JobList})
def get_jobs(query: Mapping[str, object]) -> Response:
    """List one's own jobs, newest first.

    The tasks of batches are left out unless `parent` asks for them.
    """
    wanted = dict(query)
    limit = wanted.pop("limit")
    cursor = wanted.pop("cursor", None)
    states = wanted.pop("state", ())
    page = list_jobs(
        get_session(),
        current_user(),
        Filter(states=states, before_id=before_id(cursor), limit=limit, **wanted),  # type: ignore[arg-type]
    )
    following = None
    if page.next_before_id is not None:
        sent = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        following = f"{base_url()}/api/v1/jobs?{urlencode([*sent, ('cursor', f'b{page.next_before_id}')])}"
    queues = get_services().settings.queues
    return jsonify({"jobs": [job_summary(job, queues) for job in page.jobs], "next": following})


def whole_answer(job: Job, tasks: Mapping[JobState, int] | None = None) -> Response:
    """Return what is known of a job, with its files once it has ended."""
    base = base_url()
    told = job_answer(job, base, get_services().settings, tasks)
    if not JobState(job.state).is_final:
        return jsonify(told)
    return answer_with_files(told, str(job.id), job, lambda file: file_member(job, file, base))
