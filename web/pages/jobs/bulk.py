"""Cancels, deletes or fetches several jobs at once; what cannot be taken back is asked for first."""

from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from allgo_hpc.errors import BadInput
from allgo_hpc.jobs.bulk import Outcome, cancel_jobs, chosen_jobs, delete_jobs
from allgo_hpc.models import Job, utc_now
from allgo_hpc.reading.archive import members_of_jobs
from allgo_hpc.reading.job_rows import rows_of
from allgo_hpc.states import JobState
from web.archives import send_members
from web.context import get_services, get_session
from web.pages.back import way_back
from web.signin.who import check_form, need_user

pages = Blueprint("job_bulk", __name__)
_ACTS = {"cancel": cancel_jobs, "delete": delete_jobs}


@pages.post("/jobs/bulk")
def bulk() -> Response | str:
    """Do what the button says with the jobs that are ticked."""
    check_form()
    user, session, services = need_user(), get_session(), get_services()
    act, numbers, back = request.form.get("act", ""), request.form.getlist("job"), way_back("/jobs")
    if act not in {*_ACTS, "download"}:
        raise BadInput("act: cancel, delete or download", field="act")
    try:
        chosen, unknown = chosen_jobs(session, user, numbers)
        if act == "download":
            return _to_archive(chosen, back)
        if request.form.get("sure") != "yes":
            rows = rows_of(session, chosen, utc_now())
            return render_template("jobs/sure.html", act=act, rows=rows, unknown=unknown, back=back)
        tell(act, _ACTS[act](session, services, user, numbers))
    except BadInput as error:
        flash(str(error), "error")
    return _to(back)


@pages.get("/jobs/archive")
def archive() -> Response:
    """Send the files of several ended jobs in one zip, each job's in a folder of its number."""
    user, session = need_user(), get_session()
    jobs = chosen_jobs(session, user, request.args.getlist("job"))[0]
    ended = [job for job in jobs if JobState(job.state).is_final]
    members = members_of_jobs(session, get_services().layout, ended)
    session.commit()  # nothing of the database is held while it is fetched
    name = f"job-{ended[0].id}" if len(ended) == 1 else f"{len(ended)}-jobs"
    return send_members(members, "zip", name)


def tell(act: str, outcome: Outcome) -> None:
    """Say in one sentence what became of how many jobs, and which were not done."""
    parts = []
    done = len(outcome.done)
    if act == "cancel" and done:
        parts.append(ngettext("%(num)d job is being cancelled", "%(num)d jobs are being cancelled", done))
    elif done:
        parts.append(ngettext("the files of %(num)d job were deleted", "the files of %(num)d jobs were deleted", done))
    for code in dict.fromkeys(outcome.refused.values()):
        numbers = [number for number, why in outcome.refused.items() if why == code]
        if code == "already_ended":
            words = ngettext("%(num)d had ended already", "%(num)d had ended already", len(numbers))
        elif code == "not_ended":
            words = ngettext(
                "%(num)d has not ended: cancel it first", "%(num)d have not ended: cancel them first", len(numbers)
            )
        elif code == "job_is_example":
            words = ngettext(
                "%(num)d is the example of an app, and stays", "%(num)d are examples of apps, and stay", len(numbers)
            )
        else:
            words = ngettext("%(num)d was refused", "%(num)d were refused", len(numbers))
        parts.append(f"{words} ({_numbers(numbers)})")
    if outcome.unknown:
        words = ngettext("%(num)d is not there any more", "%(num)d are not there any more", len(outcome.unknown))
        parts.append(f"{words} ({_numbers(outcome.unknown)})")
    sentence = ", ".join(parts)
    flash(f"{sentence[:1].upper()}{sentence[1:]}.", "success" if done else "error")


def _to_archive(chosen: list[Job], back: str) -> Response:
    ended = [job for job in chosen if JobState(job.state).is_final]
    if not ended:
        flash(_("None of these jobs has ended: their files can be downloaded when they have."), "error")
        return _to(back)
    missing = [job.id for job in chosen if job not in ended]
    if missing:
        words = ngettext(
            "The download leaves out %(num)d job that has not ended",
            "The download leaves out %(num)d jobs that have not ended",
            len(missing),
        )
        flash(f"{words} ({_numbers(missing)}).", "success")
    return _to(f"/jobs/archive?{urlencode([('job', job.id) for job in ended])}")


def _numbers(numbers: list[int]) -> str:
    return ", ".join(f"#{number}" for number in numbers)


def _to(address: str) -> Response:
    return redirect(address, 303)  # type: ignore[return-value]  # Werkzeug's own class
