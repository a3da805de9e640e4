"""``/api/v1/apps/<name>/sample``: what every new version must run well with."""

from flask import Response, jsonify, request

from allgo_hpc.apps import find_own_app
from allgo_hpc.errors import BadInput
from allgo_hpc.models import App, Sample, User
from allgo_hpc.reading.lookup import find_job
from allgo_hpc.samples.store import drop_sample, find_sample, keep_sample, keep_sample_of_job
from allgo_hpc.submitting.submission import new_staging
from web.api.groups import SANDBOXES
from web.api.jobs.form import KNOWN
from web.api.jobs.upload import read_form
from web.api.sandboxes.answer import sample_answer
from web.api.sandboxes.schemas import SampleAnswer, SampleOfJob
from web.auth import current_user, needs
from web.checks import load_body
from web.context import get_services, get_session

_RULE = "/api/v1/apps/<app_name>/sample"
_PARAM = "job[param]"
_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": SampleOfJob},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {
                    _PARAM: {"type": "string", "description": "The param string."},
                    "files[0]": {"type": "string", "format": "binary", "description": "An input file."},
                },
            }
        },
    },
}


@SANDBOXES.operation(_RULE, auth=needs("apps:write"), answers={200: SampleAnswer})
def get_sample(app_name: str) -> Response:
    """Tell the sample of one's own app."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    return _answer(app, find_sample(session, app))


@SANDBOXES.operation(
    _RULE, method="PUT", auth=needs("apps:write"), body=_BODY, answers={200: SampleAnswer},
    errors=(400, 409, 410, 413, 503, 507),
)  # fmt: skip
def put_sample(app_name: str) -> Response:
    """Set the sample of one's own app: files and a param string as they are sent with a job, or those of a job.

    It takes the place of the one before.
    """
    session, services, user = get_session(), get_services(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    if request.mimetype == "application/json":
        number = load_body(request, SampleOfJob())["job"]
        job = find_job(session, user, str(number), field="job")
        with new_staging(services) as staging:
            return _answer(app, keep_sample_of_job(session, services, user, app, job, staging))
    session.commit()  # nothing of the database is held while the body comes
    with new_staging(services) as staging:
        sent = read_form(request, staging)
        _check_form(sent, files=bool(staging.names))
        sample = keep_sample(session, services, user, app, staging, param=sent.get(_PARAM, ""))
    return _answer(app, sample)


@SANDBOXES.operation(
    _RULE, method="DELETE", auth=needs("apps:write"), answers={204: {"description": "There is none any more."}}
)
def delete_sample(app_name: str) -> tuple[str, int]:
    """Give the sample up: new versions are not tested any more, nor published by themselves."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    drop_sample(session, get_services(), app)
    return "", 204


def _check_form(sent: dict[str, str], *, files: bool) -> None:
    """Refuse what would be left out of the sample, and a form that was sent without anything by mistake."""
    for name in sent:
        if name in KNOWN and name != _PARAM:
            raise BadInput(f"{name}: a sample has files and {_PARAM}", field=name, code="unknown_field")
    if not files and _PARAM not in sent:
        raise BadInput(
            f"nothing was sent: send files, {_PARAM} (empty if the app needs none), or a job", code="bad_form"
        )


def _answer(app: App, sample: Sample) -> Response:
    return jsonify(sample_answer(app, sample, get_session().get_one(User, sample.user_id)))
