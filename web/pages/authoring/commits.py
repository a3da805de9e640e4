"""``/author/<app>/commits``: one commit with its log; its end, a second try; recipes and images that are sent."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from allgo_hpc.commits.ask import abort_commit, find_commit, retry_commit
from allgo_hpc.commits.recipes import commit_import, commit_recipe
from allgo_hpc.commits.states import CommitState
from allgo_hpc.errors import Refusal
from allgo_hpc.jobs.dispatch import wake_sweep
from allgo_hpc.models import Commit
from allgo_hpc.submitting.staging import Staging
from allgo_hpc.submitting.submission import new_staging
from web.api.jobs.upload import read_form
from web.look.filled import Filled
from web.look.work_states import commit_look, commit_words
from web.pages.authoring.fields import one_line_ends
from web.pages.authoring.own import Work, act, own_app
from web.pages.authoring.sandbox import commit_order
from web.signin.who import check_form

pages = Blueprint("author_commits", __name__)


@pages.get("/author/<name>/commits/<number>")
def show(name: str, number: str) -> str:
    """Show how a commit stands or ended, with its log."""
    work = own_app(name)
    commit = find_commit(work.session, work.app, number)
    return render_template(
        "authoring/commit.html",
        app=work.app,
        commit=commit,
        ended=CommitState(commit.state).is_final,
        order=commit_order(commit),
        commit_words=commit_words,
        commit_look=commit_look,
    )


@pages.post("/author/<name>/commits/<number>/abort")
def abort(name: str, number: str) -> Response:
    """End a commit without a version."""
    work = own_app(name)
    check_form()
    commit = find_commit(work.session, work.app, number)
    where = url_for("author_sandbox.show", name=work.app.name)
    return act(work, lambda: abort_commit(work.session, commit), _("The commit is being ended."), f"{where}#commit")


@pages.post("/author/<name>/commits/<number>/retry")
def retry(name: str, number: str) -> Response:
    """Ask for it once more."""
    work = own_app(name)
    check_form()
    commit = find_commit(work.session, work.app, number)
    where = url_for("author_sandbox.show", name=work.app.name)
    answer = act(
        work, lambda: retry_commit(work.session, work.user, commit), _("The commit is tried again."), f"{where}#commit"
    )
    wake_sweep(work.services)
    return answer


@pages.get("/author/<name>/send")
def send(name: str) -> str:
    """Show the forms for a recipe and for an image."""
    return _forms(own_app(name), Filled())


@pages.post("/author/<name>/recipe")
def recipe(name: str) -> Response | tuple[str, int]:
    """Build a version from a recipe, sent as files or written into the form."""
    return _commit(name, commit_recipe, _put_text)


@pages.post("/author/<name>/import")
def bring(name: str) -> Response | tuple[str, int]:
    """Make a version of an image that there is already."""
    return _commit(name, commit_import, lambda _staging, _sent: None)


def _commit(
    name: str, make: Callable[..., Commit], complete: Callable[[Staging, dict[str, str]], None]
) -> Response | tuple[str, int]:
    work = own_app(name)
    work.session.commit()  # nothing of the database is held while the body comes
    sent: dict[str, str] = {}
    try:
        with new_staging(work.services) as staging:
            sent = read_form(request, staging)
            check_form(sent.get("csrf_token", ""))
            complete(staging, sent)
            make(
                work.session, work.services, work.user, work.app, staging,
                changelog=one_line_ends(sent.get("changelog", "")), publish=bool(sent.get("publish")),
            )  # fmt: skip
    except Refusal as error:
        work.session.rollback()
        if error.code == "stale_form":
            raise
        return _forms(work, Filled(sent, error), "recipe" if make is commit_recipe else "import"), 400
    flash(_("The commit is under way. You may close this page; it goes on."), "success")
    return redirect(f"{url_for('author_sandbox.show', name=work.app.name)}#commit", 303)  # type: ignore[return-value]


def _put_text(staging: Staging, sent: dict[str, str]) -> None:
    """Add the recipe that was written into the form, named as its kind is."""
    text = one_line_ends(sent.get("recipe", ""))
    if not text.strip():
        return
    kind = "Dockerfile" if sent.get("kind") == "docker" else "recipe.def"
    with staging.new_file(kind, field="recipe") as file:
        file.write(text.encode("utf-8", "replace"))


def _forms(work: Work, filled: Filled, refused: str = "") -> str:
    return render_template("authoring/send.html", app=work.app, filled=filled, refused=refused)
