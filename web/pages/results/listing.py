"""``/jobs/<id>/files``: all files of a job, page by page, by a part of their name."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from allgo_hpc.errors import BadInput
from allgo_hpc.reading.browse import count_files, inputs_page, results_page
from web.context import get_session
from web.pages.results.part import make_entry
from web.pages.results.viewing import Viewing, view_job

pages = Blueprint("result_files", __name__)
_LONGEST = 1024
_TASK_DIGITS = 9


@pages.get("/jobs/<job_id>/files")
def files(job_id: str) -> str:
    """List the files of a job that the visitor may look at."""
    return show_files(view_job(job_id))


def show_files(view: Viewing) -> str:
    """Return the page of the list: of results, or with ``?show=inputs`` of what was sent."""
    session, query = get_session(), request.args.get("q", "")[:_LONGEST].strip()
    show = "inputs" if request.args.get("show") == "inputs" else "results"
    page = (inputs_page if show == "inputs" else results_page)(session, view.job, query=query, after=_after())
    following = ""
    if page.after is not None:
        task, name = page.after
        words = {"show": show, "q": query, "after": name} | ({"task": str(task)} if task is not None else {})
        following = f"{view.base}/files?{urlencode({key: value for key, value in words.items() if value})}"
    return render_template(
        "results/files.html",
        view=view,
        counts=count_files(session, view.job),
        entries=[make_entry(view, row) for row in page.rows],
        following=following,
        begun="after" in request.args,
        query=query,
        show=show,
    )


def _after() -> tuple[int | None, str] | None:
    name, task = request.args.get("after"), request.args.get("task", "")
    if name is None:
        return None
    if "\0" in name or (task and not (task.isascii() and task.isdigit() and len(task) <= _TASK_DIGITS)):
        raise BadInput("after: take it from the page before", field="after", code="bad_cursor")
    return (int(task) if task else None, name)
