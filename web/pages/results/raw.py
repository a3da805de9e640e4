"""``/jobs/<id>/raw/<name>``: a file's bytes for previews and downloads; whatever it holds acts on nothing."""

from flask import Blueprint, Response, request

from allgo_hpc.errors import NotFound
from allgo_hpc.reading.fetching import check_in_place, read_part
from allgo_hpc.reading.lookup import find_file
from allgo_hpc.reading.previews.kind import ANYTHING, HEAD, Kind, detect_kind
from web.archives import send_archive
from web.context import get_services, get_session
from web.pages.results.showing.documents import may_show
from web.pages.results.viewing import Viewing, task_wanted, view_job
from web.sending import send_stored

pages = Blueprint("result_raw", __name__)
NOTHING = "sandbox; default-src 'none'; frame-ancestors 'self'"
"""What a browser may do with a file: show it alone, as a stranger to the portal, without scripts."""
_DOCUMENT = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""Of a PDF: a browser's viewer, which is no page of the portal's, does not begin in a sandbox. Nothing but a file that
begins as one is sent as it, and no browser takes it for a page."""
_PAGE = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; frame-ancestors 'self'"
_PAGES = {Kind.HTML: "text/html", Kind.SVG: "image/svg+xml"}


@pages.get("/jobs/<job_id>/raw/<name>")
def raw(job_id: str, name: str) -> Response:
    """Send a file of a job that the visitor may look at."""
    return send_raw(view_job(job_id), name)


@pages.get("/jobs/<job_id>/zip")
def archive(job_id: str) -> Response:
    """Send all files of a job that the visitor may look at."""
    return send_archive(view_job(job_id).job, "zip")


def send_raw(view: Viewing, name: str) -> Response:
    """Send a file: as a download, for a preview, or with ``?isolated=1`` as a page that can do nothing.

    Raises:
        NotFound: the job has no such file, or it became something else.
    """
    session, layout = get_session(), get_services().layout
    job, _ = task_wanted(view)
    file = find_file(session, job, name)
    path = check_in_place(session, layout, job, file)
    what = detect_kind(file.name, read_part(layout, job, file, 0, HEAD), file.size)
    isolated = request.args.get("isolated") == "1"
    if isolated and what.kind not in _PAGES:
        raise NotFound("only a web page or a drawing can be opened as a page", field="name", code="unknown_file")
    shown = what.media_type != ANYTHING and request.args.get("download") != "1"
    shown = shown and (what.kind is not Kind.PDF or may_show(job, file))
    answer = send_stored(
        path,
        mimetype=_PAGES[what.kind] if isolated else what.media_type if shown else ANYTHING,
        name=file.name,
        etag=file.sha256,
        as_attachment=not (isolated or shown),
    )
    policy = _PAGE if isolated else _DOCUMENT if shown and what.kind is Kind.PDF else NOTHING
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
