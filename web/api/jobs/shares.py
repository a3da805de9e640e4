"""``/api/v1/jobs/<id>/shares`` and ``…/consent``: who else may look at a job."""

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from allgo_hpc.jobs.consent import set_consent
from allgo_hpc.jobs.shares import revoke_share, share_job, shares_of
from allgo_hpc.models import JobShare, utc_now
from allgo_hpc.reading.lookup import find_job
from allgo_hpc.times import stamp
from web.api.groups import JOBS
from web.auth import current_user, needs
from web.checks import json_or_form, load_body
from web.context import base_url, get_services, get_session

_MOST_DAYS = 3650  # the setting's own limit; the domain has the site's


class NewJobShare(Schema):
    """A link that is wanted."""

    days = fields.Float(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, _MOST_DAYS, min_inclusive=False),
        metadata={"description": "Days from now on that it is valid; without it: a week, or what the site allows."},
    )


class JobShareEntry(Schema):
    """A link; whoever has it sees the job."""

    id = fields.Integer(required=True)
    url = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)


class JobShareList(Schema):
    """The links to a job that are valid."""

    shares = fields.List(fields.Nested(JobShareEntry), required=True)


@JOBS.operation(
    "/api/v1/jobs/<job_id>/shares",
    method="POST",
    auth=needs("jobs:write"),
    body=json_or_form(NewJobShare),
    answers={201: JobShareEntry},
    errors=(400, 409, 410),
    links={"share_id": ("delete_share",)},
)
def post_share(job_id: str) -> tuple[Response, int]:
    """Make a link by which anybody sees one's own job, without an account, until a time; of a batch, with its tasks."""
    session, user = get_session(), current_user()
    job = find_job(session, user, job_id)
    days = load_body(request, NewJobShare())["days"]
    share = share_job(session, get_services().settings, user, job, days, utc_now())
    return jsonify(_entry(share)), 201


@JOBS.operation("/api/v1/jobs/<job_id>/shares", auth=needs("jobs:write"), answers={200: JobShareList}, errors=(410,))
def get_shares(job_id: str) -> Response:
    """List the links to a job that are valid now."""
    session = get_session()
    job = find_job(session, current_user(), job_id)
    return jsonify({"shares": [_entry(share) for share in shares_of(session, job, utc_now())]})


@JOBS.operation(
    "/api/v1/jobs/<job_id>/shares/<share_id>",
    method="DELETE",
    auth=needs("jobs:write"),
    answers={204: {"description": "Taken back."}},
    errors=(410,),
)
def delete_share(job_id: str, share_id: str) -> tuple[str, int]:
    """Take a link back: from now on it leads nowhere."""
    session = get_session()
    revoke_share(session, find_job(session, current_user(), job_id), share_id)
    return "", 204


@JOBS.operation(
    "/api/v1/jobs/<job_id>/consent",
    method="PUT",
    auth=needs("jobs:write"),
    answers={204: {"description": "The author may look at it."}},
    errors=(410,),
)
def put_consent(job_id: str) -> tuple[str, int]:
    """Let the app's author look at one's own job: its parameters, its log, all its files, and whose it is."""
    return _consent(job_id, allowed=True)


@JOBS.operation(
    "/api/v1/jobs/<job_id>/consent",
    method="DELETE",
    auth=needs("jobs:write"),
    answers={204: {"description": "The author may not look at it any more."}},
    errors=(410,),
)
def delete_consent(job_id: str) -> tuple[str, int]:
    """Let the app's author not look at it any more."""
    return _consent(job_id, allowed=False)


def _consent(job_id: str, *, allowed: bool) -> tuple[str, int]:
    session, user = get_session(), current_user()
    set_consent(session, user, find_job(session, user, job_id), allowed=allowed)
    return "", 204


def _entry(share: JobShare) -> dict[str, Any]:
    return {
        "id": share.id,
        "url": f"{base_url()}/shared/{share.secret}",
        "created_at": stamp(share.created_at),
        "expires_at": stamp(share.expires_at),
    }
