"""``/shared/<secret>``: what somebody without an account sees of a job, by a link of its user's; read-only."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from allgo_hpc.errors import Gone
from web.archives import send_archive
from web.pages.results.listing import show_files
from web.pages.results.part import make_part
from web.pages.results.preview import show_file
from web.pages.results.raw import send_raw
from web.pages.results.viewing import view_share

pages = Blueprint("shared_job", __name__)


@pages.get("/shared/<secret>")
def job(secret: str) -> str:
    """Show the job."""
    view = view_share(secret)
    return render_template("results/shared.html", job=view.job, view=view, results=make_part(view))


@pages.get("/shared/<secret>/files")
def files(secret: str) -> str:
    """List its files."""
    return show_files(view_share(secret))


@pages.get("/shared/<secret>/files/<name>")
def file(secret: str, name: str) -> str:
    """Show a file of it."""
    return show_file(view_share(secret), name)


@pages.get("/shared/<secret>/raw/<name>")
def raw(secret: str, name: str) -> Response:
    """Send a file of it."""
    return send_raw(view_share(secret), name)


@pages.get("/shared/<secret>/zip")
def archive(secret: str) -> Response:
    """Send all its files."""
    return send_archive(view_share(secret).job, "zip")


@pages.errorhandler(Gone)
def over(error: Gone) -> ResponseReturnValue:
    """Say that the link leads nowhere any more."""
    return render_template("results/over.html", text=str(error)), 410


@pages.after_request
def keep_secret(answer: Response) -> Response:
    """The address is the key: it is told to no other site, and no search engine keeps it."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
