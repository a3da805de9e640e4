"""``/admin/jobs``: everybody's jobs."""

from flask import Blueprint, Response, flash, redirect, render_template, request

from allgo_hpc.administration.jobs import cancel_anybodys_jobs
from allgo_hpc.errors import BadInput
from allgo_hpc.jobs.bulk import chosen_jobs
from allgo_hpc.models import utc_now
from allgo_hpc.reading.job_rows import rows_of
from allgo_hpc.reading.listing import list_everybodys_jobs
from allgo_hpc.reading.mine import apps_used
from web.context import get_services, get_session
from web.pages.admin.who import acting, admin
from web.pages.back import way_back
from web.pages.jobs.bulk import tell
from web.pages.jobs.query import SHOWN, SORTED, read_query

pages = Blueprint("admin_jobs", __name__)


@pages.get("/admin/jobs")
def jobs() -> str:
    """List everybody's jobs."""
    admin()
    session = get_session()
    asked = read_query(request.args, "/admin/jobs", users=True)
    page = list_everybodys_jobs(session, asked.filter, user=asked.user)
    return render_template(
        "admin/jobs.html",
        asked=asked,
        rows=rows_of(session, page.jobs, utc_now()),
        following=asked.address(after=str(page.following)) if page.following is not None else "",
        paged=bool(request.args.get("after")),
        ticked=bool(request.args.get("all")),
        here=request.full_path.rstrip("?"),
        shown=SHOWN,
        sorted_by=SORTED,
        apps=apps_used(session),
        queues=get_services().settings.queues,
    )


@pages.post("/admin/jobs/cancel")
def cancel() -> Response | str:
    """Cancel the jobs that are ticked, once that is confirmed."""
    by, user = acting(), admin()
    session, numbers, back = get_session(), request.form.getlist("job"), way_back("/admin/jobs")
    try:
        if request.form.get("sure") != "yes":
            chosen, unknown = chosen_jobs(session, user, numbers)
            rows = rows_of(session, chosen, utc_now())
            return render_template(
                "jobs/sure.html", act="cancel", rows=rows, unknown=unknown, back=back, action="/admin/jobs/cancel"
            )
        tell("cancel", cancel_anybodys_jobs(session, get_services(), by, user, numbers))
    except BadInput as error:
        flash(str(error), "error")
    return redirect(back, 303)  # type: ignore[return-value]  # Werkzeug's own class
