"""``/jobs/<id>/log``: a part of the log, what was found in it, or all of it as a file; never more of it in memory."""

from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request

from allgo_hpc.errors import BadInput, Conflict, Gone, StorageAway
from allgo_hpc.jobs.log import plain, read_log
from allgo_hpc.jobs.results import LOG_NAME
from allgo_hpc.models import Job
from allgo_hpc.reading.log_search import search_log
from allgo_hpc.reading.log_window import USUAL, Window, window_before, window_from
from allgo_hpc.states import JobState
from web.context import get_services, get_session
from web.pages.jobs.seen import seen_job

pages = Blueprint("job_log", __name__)
_BLOCK = 128 * 1024
_DIGITS = 18


@pages.get("/jobs/<job_id>/log")
def log(job_id: str) -> str | Response:
    """Give a part of a job's log, as a page or, where ``Accept`` asks for it, as JSON.

    ``offset`` and ``length`` (with ``whole=1``: from the next line on) or ``before`` say which; else it is the end.
    ``search`` looks for words from ``offset`` on; ``download=1`` sends all that there is now.
    """
    job = seen_job(job_id).job
    path = _path(job)
    ended = JobState(job.state).is_final
    get_session().commit()  # nothing of the database is held while the log is read
    try:
        if request.args.get("download"):
            return _file(job, path)
        if request.args.get("search"):
            return _search(job, path)
        return _window(job, path, ended=ended)
    except OSError as error:
        raise StorageAway("the portal's storage cannot be reached now: try again", field="job_id") from error


def _path(job: Job) -> Path:
    if job.deleted_at is not None:
        raise Gone(f"the files of job {job.id} were deleted on {job.deleted_at:%Y-%m-%d}", field="job_id")
    if job.tasks:
        raise Conflict("a batch has no log of its own: each of its tasks has one", field="job_id")
    return get_services().layout.job_dir(job) / LOG_NAME


def _window(job: Job, path: Path, *, ended: bool) -> str | Response:
    length = _number("length", USUAL)
    if "before" in request.args:
        found = window_before(path, _number("before", 0), length, ended=ended)
    elif "offset" in request.args:
        whole = request.args.get("whole") == "1"
        found = window_from(path, _number("offset", 0), length, ended=ended, whole_lines=whole)
    else:
        found = window_before(path, None, length, ended=ended)
    if _wants_json():
        return jsonify({"start": found.start, "end": found.end, "size": found.size, "text": found.text, "ended": ended})
    return render_template("jobs/log.html", job=job, log=found, text=plain(found.text), words="", found=None)


def _search(job: Job, path: Path) -> str | Response:
    words = request.args["search"]
    found = search_log(path, words, _number("offset", 0))
    if _wants_json():
        lines = [{"offset": one.offset, "line": one.line} for one in found.found]
        return jsonify({"found": lines, "next": found.go_on})
    return render_template("jobs/log.html", job=job, log=Window(0, 0, 0, ""), text="", words=words, found=found)


def _file(job: Job, path: Path) -> Response:
    _, size = read_log(path, 0, 0)

    def pieces() -> Iterator[bytes]:
        at = 0
        while at < size:
            data, _ = read_log(path, at, min(_BLOCK, size - at))
            if not data:  # it became shorter: the connection ends before the length that was told
                return
            at += len(data)
            yield data

    answer = Response(pieces(), mimetype="text/plain")
    answer.headers["Content-Length"] = str(size)
    answer.headers["Content-Disposition"] = f"attachment; filename=job-{job.id}.log"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _number(name: str, otherwise: int) -> int:
    text = request.args.get(name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInput(f"{name}: a whole number of bytes", field=name)
    return int(text)
