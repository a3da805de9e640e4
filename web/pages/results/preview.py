"""``/jobs/<id>/files/<name>``: what one file holds, its download, the files beside it."""

from flask import Blueprint, render_template, request

from allgo_hpc.reading.browse import beside, is_input
from allgo_hpc.reading.fetching import check_in_place, read_part
from allgo_hpc.reading.lookup import find_file
from allgo_hpc.reading.previews.kind import HEAD, Kind, detect_kind
from allgo_hpc.reading.previews.text import guess_encoding, shown_name
from web.context import get_services, get_session
from web.pages.results.part import format_words
from web.pages.results.showing.looked import Looked
from web.pages.results.showing.show import show_kind, ways_to_show
from web.pages.results.viewing import Viewing, task_wanted, view_job

pages = Blueprint("result_preview", __name__)


@pages.get("/jobs/<job_id>/files/<name>")
def preview(job_id: str, name: str) -> str:
    """Show a file of a job that the visitor may look at."""
    return show_file(view_job(job_id), name)


def show_file(view: Viewing, name: str) -> str:
    """Return the page of a file.

    Raises:
        NotFound: the job has no such file, or it became something else.
    """
    session, layout = get_session(), get_services().layout
    job, task = task_wanted(view)
    file = find_file(session, job, name)
    before, after = beside(session, job, name)
    check_in_place(session, layout, job, file)
    head = read_part(layout, job, file, 0, HEAD)
    what = detect_kind(file.name, head, file.size)
    looked = Looked(view, job, task, file, head, guess_encoding(head, whole=len(head) == file.size))
    ways = ways_to_show(what, looked)
    way = request.args.get("as", "") if request.args.get("as") in ways else ways[0]
    told = show_kind(Kind(way), looked)
    return render_template(
        "results/file.html",
        view=view,
        job=job,
        file=file,
        shown=shown_name(file.name),
        what=format_words(what),
        is_input=is_input(session, job, file),
        before=view.file(before, task) if before is not None else "",
        after=view.file(after, task) if after is not None else "",
        here=view.file(file.name, task),
        ways=ways,
        now=way,
        download=view.raw(file.name, task, download="1"),
        told=told,
    )
