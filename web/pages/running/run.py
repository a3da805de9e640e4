"""``/apps/<name>/run``: takes the run form; shows it where it was refused."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from allgo_hpc.apps import find_app
from allgo_hpc.errors import BadInput, NotSignedIn, Refusal, Unprocessable
from allgo_hpc.models import App, Job, User
from allgo_hpc.submitting.idempotency import Key, check_key, fingerprint
from allgo_hpc.submitting.rerun import rerun_job
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.submitting.submission import new_staging, submit_job
from web.api.jobs.form import check_field_name, to_request
from web.context import get_services, get_session
from web.errors import status_of
from web.look.filled import Filled
from web.pages.running import names
from web.pages.running.form import form_context, link_to
from web.pages.running.prefill import find_source
from web.pages.running.sent import param_of
from web.signin.who import check_form, visitor
from web.streamed_form import read_whole_form

pages = Blueprint("running", __name__)


@pages.get("/apps/<name>/run")
def show(name: str) -> str:
    """Show the form alone."""
    user = visitor()
    app = find_app(get_session(), user, name, field="app")
    return render_template("running/run.html", **form_context(app, user))


@pages.post("/apps/<name>/run")
def take(name: str) -> ResponseReturnValue:
    """Submit a job, or show the form again as it was sent."""
    session, services, user = get_session(), get_services(), visitor()
    if user is None:
        return _signed_out(name)
    app = find_app(session, user, name, field="app")
    session.commit()  # nothing of the database is held while the body comes
    try:
        staging = new_staging(services, hashing=True)
    except Refusal as error:
        fields, _refusal = read_whole_form(request, None, check_name=check_field_name, gate=_closed(error))
        return _again(app, user, fields, error)
    with staging:
        fields, refusal = read_whole_form(request, staging, check_name=check_field_name, gate=_gate)
        try:
            if refusal is not None:
                raise refusal
            job = _submit(user, app, fields, staging)
        except Refusal as error:
            session.rollback()
            return _again(app, user, fields, error)
    if job.tasks:
        flash(_("Accepted as batch %(number)d with %(count)d jobs.", number=job.id, count=job.tasks), "success")
    else:
        flash(_("Accepted as job %(number)d.", number=job.id), "success")
    return redirect(f"/jobs/{job.id}", 303)


def _submit(user: User, app: App, fields: dict[str, str], staging: Staging) -> Job:
    """Submit what the form says; sent twice it is one job."""
    session, services = get_session(), get_services()
    param = param_of(app, fields, most=services.settings.param_max_bytes)
    asked = {name: text for name, text in fields.items() if name in _TAKEN}
    # A tick that is not there was taken away: what the user prefers for new jobs was shown in it.
    told = to_request({names.MAIL: "false"} | asked | {"job[webapp_name]": app.name, names.PARAM: param})
    key_text = check_key(fields.get(names.KEY) or None)
    content = {name: text for name, text in fields.items() if name != "csrf_token"}
    key = Key(key_text, fingerprint(f"run {app.id}", content, staging.digests)) if key_text else None
    if not fields.get(names.FROM):
        return submit_job(session, services, user, told, staging, key=key)
    job = find_source(session, user, app, fields[names.FROM]).job
    if not fields.get(names.TAKE):
        return submit_job(session, services, user, replace(told, rerun_of=job.id), staging, key=key)
    if fields.get(names.BATCH) and not job.tasks:
        raise BadInput(
            _("The files of job %(number)d are taken over as one job: choose the files again for one job per file.",
              number=job.id), field=names.BATCH,
        )  # fmt: skip
    changes = {
        "param": param, "queue": told.queue, "version": told.version, "memory_mb": told.memory_mb,
        "cpus": told.cpus, "mail_at_end": told.mail_at_end, "paths": fields.get(names.PATHS, ""),
        "uploads": fields.get(names.UPLOADS, ""),
    }  # fmt: skip
    return rerun_job(session, services, user, job, staging, changes=changes, key=key)


_TAKEN = {
    names.VERSION, names.QUEUE, names.MEMORY, names.CORES, names.BATCH, names.MAIL, names.PATHS, names.UPLOADS,
}  # fmt: skip


def _gate(first: str, text: str) -> None:
    """Let in what comes from this portal's form, sent by whoever it was shown to."""
    if first != "csrf_token":
        raise BadInput("the form must begin with csrf_token", field="csrf_token", code="stale_form")
    check_form(text)


def _closed(error: Refusal) -> Callable[[str, str], None]:
    def gate(_first: str, _text: str) -> None:
        raise error

    return gate


def _again(app: App, user: User, fields: dict[str, str], error: Refusal) -> ResponseReturnValue:
    """Return the form as it was sent, with what is wrong."""
    if isinstance(error, Unprocessable):
        error = Unprocessable(
            _("This form was sent already, with something else in it: look under My jobs. Send it again if you want "
              "another job."), field=names.KEY, code=error.code,
        )  # fmt: skip
    filled = Filled(fields, error, _domain_names(error))
    return render_template("running/run.html", **form_context(app, user, filled), again=True), status_of(error)


def _domain_names(error: Refusal) -> dict[str, str]:
    known = dict(names.DOMAIN)
    if error.field.startswith("files"):
        known[error.field] = names.FILES
    return known


def _signed_out(name: str) -> ResponseReturnValue:
    """Say that nothing was submitted, and keep what was typed; to nobody is told whether there is such an app."""
    error = NotSignedIn(_("You are signed out: nothing was submitted."))
    fields: dict[str, str] = {}
    with suppress(Refusal, HTTPException):  # then what it held cannot be told
        fields, _refusal = read_whole_form(request, None, check_name=check_field_name, gate=_closed(error))
    with suppress(Refusal):
        app = find_app(get_session(), None, name, field="app")
        fields[names.PARAM] = param_of(app, fields, most=get_services().settings.param_max_bytes)
        fields.pop(names.PRESET, None)
    back = link_to(name, fields)
    param = fields.get(names.PARAM, "")
    return render_template("running/signed_out.html", back=back, param=param, kept="?" in back), status_of(error)
