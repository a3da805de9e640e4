"""Sharing a job: links until a time, and letting the app's author look; both can be taken back."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.jobs.consent import set_consent
from allgo_hpc.jobs.shares import revoke_share, share_job
from allgo_hpc.models import Job, User, utc_now
from allgo_hpc.reading.lookup import find_job
from web.context import get_services, get_session
from web.look.filled import Filled
from web.pages.results.part import results_context
from web.signin.who import check_form, need_user

pages = Blueprint("result_sharing", __name__)


@pages.get("/jobs/<job_id>/share")
def show(job_id: str) -> str:
    """Show the links of one's own job, and whether the app's author may look at it."""
    user = need_user()
    return _page(find_job(get_session(), user, job_id), user)


@pages.post("/jobs/<job_id>/share")
def share(job_id: str) -> ResponseReturnValue:
    """Make a link."""
    check_form()
    user = need_user()
    job = find_job(get_session(), user, job_id)
    try:
        share_job(get_session(), get_services().settings, user, job, _days(), utc_now())
    except (BadInput, Conflict) as error:
        return _page(job, user, Filled(request.form.to_dict(), error)), 400
    flash(_("The link is made: copy it below."), "success")
    return redirect(f"/jobs/{job.id}#sharing", 303)


@pages.post("/jobs/<job_id>/share/<share_id>/revoke")
def revoke(job_id: str, share_id: str) -> ResponseReturnValue:
    """Take a link back."""
    check_form()
    job = find_job(get_session(), need_user(), job_id)
    revoke_share(get_session(), job, share_id)
    flash(_("The link leads nowhere any more."), "success")
    return redirect(f"/jobs/{job.id}#sharing", 303)


@pages.post("/jobs/<job_id>/consent")
def consent(job_id: str) -> ResponseReturnValue:
    """Let the app's author look at the job, or not any more."""
    check_form()
    user = need_user()
    job = find_job(get_session(), user, job_id)
    allowed = request.form.get("allowed") == "1"
    set_consent(get_session(), user, job, allowed=allowed)
    flash(
        _("The app's author can see this job now.") if allowed else _("The app's author cannot see it any more."),
        "success",
    )
    return redirect(f"/jobs/{job.id}#sharing", 303)


def _page(job: Job, user: User, filled: Filled | None = None) -> str:
    return render_template("results/share.html", job=job, **results_context(job, user, filled))


def _days() -> float | None:
    text = request.form.get("days", "").strip().replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise BadInput("days: a number of days, such as 7", field="days") from None
