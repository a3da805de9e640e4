"""``/jobs``: one's own jobs, what they take of one's limits, and what is removed soon."""

from flask import Blueprint, render_template, request

from allgo_hpc.jobs.bulk import chosen_jobs
from allgo_hpc.models import utc_now
from allgo_hpc.quotas.check import limits_of
from allgo_hpc.quotas.usage import usage_of
from allgo_hpc.reading.job_rows import rows_of
from allgo_hpc.reading.listing import list_jobs
from allgo_hpc.reading.mine import apps_used, count_active, expire_soon
from web.context import get_services, get_session
from web.pages.jobs.query import SHOWN, SORTED, read_query
from web.signin.who import need_user

pages = Blueprint("job_list", __name__)


@pages.get("/jobs")
def list_page() -> str:
    """List the visitor's jobs."""
    user, session, settings = need_user(), get_session(), get_services().settings
    asked = read_query(request.args, "/jobs")
    now = utc_now()
    page = list_jobs(session, user, asked.filter)
    return render_template(
        "jobs/list.html",
        asked=asked,
        rows=rows_of(session, page.jobs, now),
        following=asked.address(after=str(page.following)) if page.following is not None else "",
        paged=bool(request.args.get("after")),
        ticked=bool(request.args.get("all")),
        here=request.full_path.rstrip("?"),
        shown=SHOWN,
        sorted_by=SORTED,
        apps=apps_used(session, user),
        queues=settings.queues,
        active=count_active(session, user),
        expiring=expire_soon(session, user, now),
        used=usage_of(session, user.id, now),
        limits=limits_of(session, user, settings),
        contact=settings.contact,
    )


@pages.get("/jobs/rows")
def rows() -> str:
    """Return the rows of some of the visitor's jobs as they are now, for the list's script."""
    user, session = need_user(), get_session()
    jobs, _gone = chosen_jobs(session, user, request.args.getlist("job"))
    return render_template("jobs/rows.html", rows=rows_of(session, jobs, utc_now()))
