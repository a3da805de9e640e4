"""What is done with a job from its page: cancel, run again, keep longer, delete, tell me at its end."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from allgo_hpc.errors import BadInput, Conflict, Gone, Refusal
from allgo_hpc.jobs.cancel import cancel_job
from allgo_hpc.jobs.deletion import delete_job
from allgo_hpc.jobs.keeping import keep_longer
from allgo_hpc.mail.notices import set_mail_at_end
from allgo_hpc.models import Job, utc_now
from allgo_hpc.submitting.idempotency import Key, check_key, fingerprint
from allgo_hpc.submitting.rerun import rerun_job
from allgo_hpc.submitting.submission import new_staging
from web.context import get_services, get_session
from web.errors import STATUS
from web.pages.jobs.seen import Seen, job_to_change
from web.pages.jobs.shown import log_context, parts_context, side_context
from web.signin.who import need_user

pages = Blueprint("job_actions", __name__)
type Answer = Response | tuple[str, int]


@pages.post("/jobs/<job_id>/cancel")
def cancel(job_id: str) -> Answer:
    """Cancel a job."""
    seen = job_to_change(job_id)
    try:
        cancel_job(get_session(), get_services(), seen.job)
    except Conflict as error:
        return _refused(seen, error)
    flash(_("It is being cancelled: it shows as cancelled when the cluster has confirmed it."), "success")
    return _to(seen.job)


@pages.post("/jobs/<job_id>/rerun")
def rerun(job_id: str) -> Answer:
    """Run a job again on the same inputs, with the changes that a button stands for; sent twice it is one job."""
    seen, user = job_to_change(job_id), need_user()
    session, services = get_session(), get_services()
    try:
        changes = _changes()
        text = check_key(request.form.get("key"))
        key = Key(text, fingerprint(f"form jobs/{seen.job.id}/rerun", changes, {})) if text else None
        session.commit()  # nothing of the database is held while files are copied
        with new_staging(services, hashing=False) as staging:
            new = rerun_job(session, services, user, seen.job, staging, changes=changes, key=key)
    except Refusal as error:
        session.rollback()
        return _refused(seen, error)
    flash(_("It runs again as this job."), "success")
    return _to(new)


@pages.post("/jobs/<job_id>/keep")
def keep(job_id: str) -> Answer:
    """Keep the files of an ended job for so many days from now on."""
    seen = job_to_change(job_id)
    try:
        _still_there(seen.job)
        keep_longer(get_session(), get_services(), seen.job, _number("days"), utc_now())
    except Refusal as error:
        return _refused(seen, error)
    flash(_("Its files are kept longer."), "success")
    return _to(seen.job)


@pages.post("/jobs/<job_id>/delete")
def delete(job_id: str) -> Answer:
    """Delete the files of an ended job; what is known of it stays."""
    seen = job_to_change(job_id)
    try:
        delete_job(get_session(), get_services(), seen.job)
    except Conflict as error:
        return _refused(seen, error)
    flash(_("The files of job %(number)s were deleted.", number=seen.job.id), "success")
    return _to(seen.job)


@pages.post("/jobs/<job_id>/notify")
def notify(job_id: str) -> Answer:
    """Have a mail sent when the job ends, or not."""
    seen = job_to_change(job_id)
    wanted = request.form.get("wanted") == "1"
    try:
        set_mail_at_end(get_session(), seen.job, wanted=wanted)
    except Refusal as error:
        return _refused(seen, error)
    flash(_("A mail is sent when it ends.") if wanted else _("No mail is sent when it ends."), "success")
    return _to(seen.job)


def _changes() -> dict[str, Any]:
    changes: dict[str, Any] = {name: request.form[name] for name in ("queue", "param") if name in request.form}
    return changes | {name: _number(name) for name in ("memory_mb", "cpus") if name in request.form}


def _number(name: str) -> int:
    """Return a whole number of the form.

    Raises:
        BadInput: it is none.
    """
    text = request.form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 9):  # noqa: PLR2004  # what every database takes
        raise BadInput(f"{name}: a whole number", field=name)
    return int(text)


def _still_there(job: Job) -> None:
    if job.deleted_at is not None:
        raise Gone(f"the files of job {job.id} were deleted on {job.deleted_at:%Y-%m-%d}", field="job_id")


def _to(job: Job) -> Response:
    return redirect(url_for("job_page.job", job_id=job.id), 303)


def _refused(seen: Seen, refusal: Refusal) -> tuple[str, int]:
    """Show the page with what was refused, and why, above."""
    status = next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 400)
    get_session().refresh(seen.job)
    shown = parts_context(seen, {}) | side_context(seen) | log_context(seen)
    return render_template("jobs/page.html", refusal=refusal, **shown), int(status)
