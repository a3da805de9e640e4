"""``/jobs/compare?a=&b=``: two jobs side by side."""

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from allgo_hpc.errors import BadInput
from allgo_hpc.models import Job
from allgo_hpc.reading.compared import compare_files, compare_params
from allgo_hpc.reading.why import why
from web.context import get_session
from web.look.formats import moment, percent, size, span
from web.pages.jobs.seen import seen_job

pages = Blueprint("job_compare", __name__)


@pages.get("/jobs/compare")
def compare() -> str:
    """Show what differs between two jobs."""
    a, b = (seen_job(_wanted(name), field=name).job for name in ("a", "b"))
    only = request.args.get("only") == "differing"
    after = request.args.get("after", "")
    files = compare_files(get_session(), a, b, after=after.replace("\0", ""), differing_only=only)
    return render_template(
        "jobs/compare.html", a=a, b=b, rows=_rows(a, b), params=compare_params(a.param, b.param), files=files, only=only
    )


def _wanted(name: str) -> str:
    text = request.args.get(name, "")
    if not text:
        raise BadInput(_("compare: name two jobs by their numbers, as a and b"), field=name)
    return text


def _rows(a: Job, b: Job) -> list[tuple[str, Any, Any, bool]]:
    """Return label, what each job has there, and whether that differs in a way that matters."""
    told = [_told(a), _told(b)]
    return [(label, told[0][label][0], told[1][label][0], told[0][label][1] != told[1][label][1]) for label in told[0]]


def _told(job: Job) -> dict[str, tuple[Any, object]]:
    """Return each row of a job: what is shown, and what of it is compared."""
    ran = (job.finished_at - job.started_at).total_seconds() if job.started_at and job.finished_at else None
    waited = (job.started_at - job.created_at).total_seconds() if job.started_at else None
    share = job.peak_memory_bytes / (job.memory_mb * 2**20) if job.peak_memory_bytes is not None else None
    peak = f"{size(job.peak_memory_bytes)} ({percent(share)})" if share is not None else "–"
    return {
        _("How it ended"): (why(job), job.state),
        _("App"): (job.app.title, job.app_id),
        _("Version"): (job.version.number, job.version_id),
        _("Image"): (job.sha256[:12], job.sha256),
        _("Queue"): (job.queue, job.queue),
        _("Submitted"): (moment(job.created_at), None),
        _("Waited"): (span(max(0.0, waited) if waited is not None else None), None),
        _("Ran for"): (span(ran), None),
        _("Processors"): (job.cpus, job.cpus),
        _("Memory asked"): (size(job.memory_mb * 2**20), job.memory_mb),
        _("Memory used"): (peak, None),
        _("Processor time"): (span(job.cpu_s), None),
        _("Inputs"): (f"{len(job.inputs)} ({size(job.input_bytes)})", _inputs(job)),
        _("Exit code"): (job.exit_code if job.exit_code is not None else "–", job.exit_code),
    }


def _inputs(job: Job) -> object:
    return sorted((one.name, one.size, one.sha256 or "") for one in job.inputs)
