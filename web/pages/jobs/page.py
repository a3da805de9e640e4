"""``/jobs/<id>``: where a job stands, what to do about it, what it says and what it left."""

from flask import Blueprint, render_template, request

from allgo_hpc.jobs.log import plain
from web.pages.jobs.seen import seen_job
from web.pages.jobs.shown import log_context, parts_context, side_context

pages = Blueprint("job_page", __name__)

pages.add_app_template_filter(plain, "visible")
"""For what others wrote: characters that cannot be seen, or turn the text around, are shown as such."""


@pages.get("/jobs/<job_id>")
def job(job_id: str) -> str:
    """Show a job."""
    seen = seen_job(job_id)
    return render_template(
        "jobs/page.html", **parts_context(seen, request.args), **side_context(seen), **log_context(seen)
    )


@pages.get("/jobs/<job_id>/part")
def part(job_id: str) -> str:
    """Give those parts of the page that change by themselves, as the page has them; its script puts them in place."""
    return render_template("jobs/parts.html", **parts_context(seen_job(job_id), request.args))
