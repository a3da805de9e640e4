"""``/author/<app>/sample``: what every new version must run well with."""

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _

from allgo_hpc.commits.listing import sample_runs
from allgo_hpc.errors import BadInput, Refusal
from allgo_hpc.models import Sample, User
from allgo_hpc.reading.lookup import find_job
from allgo_hpc.samples.store import drop_sample, file_of_sample, keep_sample, keep_sample_of_job
from allgo_hpc.submitting.submission import new_staging
from web.api.jobs.upload import read_form
from web.look.filled import Filled
from web.look.work_states import commit_look, commit_words
from web.pages.authoring.own import Work, act, own_app
from web.signin.who import check_form

pages = Blueprint("author_sample", __name__)


@pages.get("/author/<name>/sample")
def show(name: str) -> str:
    """Show the sample, and how it went with each version."""
    return _page(own_app(name), Filled())


@pages.post("/author/<name>/sample")
def keep(name: str) -> Response | tuple[str, int]:
    """Keep what was sent as the sample, in place of the one before."""
    work = own_app(name)
    work.session.commit()  # nothing of the database is held while files come
    sent: dict[str, str] = {}
    try:
        with new_staging(work.services) as staging:
            sent = read_form(request, staging)
            check_form(sent.get("csrf_token", ""))
            if not staging.names and not sent.get("no_files"):
                raise BadInput(
                    _("No file came: choose files, or say that the app needs none."), field="files", code="bad_form"
                )
            keep_sample(work.session, work.services, work.user, work.app, staging, param=sent.get("param", ""))
    except Refusal as error:
        return _refused(work, sent, error)
    return _kept(work)


@pages.post("/author/<name>/sample/job")
def keep_job(name: str) -> Response | tuple[str, int]:
    """Make the inputs and the param string of a job the sample."""
    work = own_app(name)
    check_form()
    sent = request.form.to_dict()
    try:
        job = find_job(work.session, work.user, sent.get("job", "").strip(), field="job")
        with new_staging(work.services) as staging:
            keep_sample_of_job(work.session, work.services, work.user, work.app, job, staging)
    except Refusal as error:
        return _refused(work, sent, error)
    return _kept(work)


@pages.post("/author/<name>/sample/drop")
def drop(name: str) -> Response:
    """Give the sample up."""
    work = own_app(name)
    check_form()
    where = url_for("author_sample.show", name=work.app.name)
    return act(
        work,
        lambda: drop_sample(work.session, work.services, work.app),
        _("The sample is given up: new versions are not tested any more."),
        where,
    )


@pages.get("/author/<name>/sample/files/<path:file>")
def download(name: str, file: str) -> Response:
    """Send a file of the sample, to be saved."""
    work = own_app(name)
    path = file_of_sample(work.session, work.services, work.app, file)
    answer = send_file(path, mimetype="application/octet-stream", as_attachment=True, download_name=file)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _kept(work: Work) -> Response:
    flash(_("The sample is stored. The next commit is tested with it."), "success")
    return redirect(url_for("author_sample.show", name=work.app.name), 303)  # type: ignore[return-value]


def _refused(work: Work, sent: dict[str, str], error: Refusal) -> tuple[str, int]:
    work.session.rollback()
    if error.code == "stale_form":
        raise error
    return _page(work, Filled(sent, error, {"job[param]": "param"})), 400


def _page(work: Work, filled: Filled) -> str:
    session = work.session
    sample = session.get(Sample, work.app.id)
    if sample is not None and not filled.values:
        filled = Filled({"param": sample.param, "no_files": not sample.files})
    return render_template(
        "authoring/sample.html",
        app=work.app,
        sample=sample,
        by=session.get_one(User, sample.user_id).name if sample is not None else "",
        filled=filled,
        tests=sample_runs(session, work.app),
        commit_words=commit_words,
        commit_look=commit_look,
    )
