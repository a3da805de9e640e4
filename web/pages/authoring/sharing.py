"""``/author/<app>/sharing``: who may run it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from allgo_hpc.authoring.change import change_app
from allgo_hpc.errors import Refusal
from allgo_hpc.sharing.groups import groups_of
from allgo_hpc.sharing.shares import find_share, list_shares, share_app, unshare_app
from web.look.filled import Filled
from web.pages.authoring.bodies import limit_form
from web.pages.authoring.own import Work, act, own_app
from web.signin.who import check_form

pages = Blueprint("author_sharing", __name__)


@pages.get("/author/<name>/sharing")
def show(name: str) -> str:
    """Show who may run the app."""
    return _page(own_app(name), Filled())


@pages.post("/author/<name>/sharing")
def share(name: str) -> Response | tuple[str, int]:
    """Share it with a user or a group."""
    work = _posted(name)
    sent = {key: request.form.get(key, "") for key in ("user", "group")}
    try:
        share_app(work.session, work.user, work.app, **sent)
    except Refusal as error:
        work.session.rollback()
        return _page(work, Filled(sent, error)), 400
    flash(_("Shared. They may run it from now on."), "success")
    return redirect(_where(work), 303)  # type: ignore[return-value]


@pages.post("/author/<name>/sharing/<number>/end")
def end(name: str, number: str) -> Response:
    """Take a share back."""
    work = _posted(name)
    return act(
        work,
        lambda: unshare_app(work.session, work.user, work.app, find_share(work.session, work.app, number)),
        _("Taken back. Jobs that were accepted run, and keep their results."),
        _where(work),
    )


@pages.post("/author/<name>/sharing/public")
def public(name: str) -> Response:
    """Let everybody run it, or only those it is shared with."""
    work = _posted(name)
    wanted = request.form.get("public") == "1"
    return act(
        work,
        lambda: change_app(work.session, work.services, work.user, work.app, {"public": wanted}),
        _("Everybody may run it now.") if wanted else _("It is private now: you run it, and those it is shared with."),
        _where(work),
    )


def _posted(name: str) -> Work:
    work = own_app(name)
    limit_form()
    check_form()
    return work


def _where(work: Work) -> str:
    return url_for("author_sharing.show", name=work.app.name)


def _page(work: Work, filled: Filled) -> str:
    return render_template(
        "authoring/sharing.html",
        app=work.app,
        filled=filled,
        shares=list_shares(work.session, work.app),
        groups=groups_of(work.session, work.user),
    )
