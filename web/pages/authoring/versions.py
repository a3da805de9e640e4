"""``/author/<app>/versions``: what becomes of each version, and how often it was run."""

from datetime import timedelta

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from allgo_hpc.apps import default_of
from allgo_hpc.errors import BadInput
from allgo_hpc.models import Version
from allgo_hpc.versions.change import change_version, delete_version, restore_version
from allgo_hpc.versions.find import see_version
from allgo_hpc.versions.listing import page_of_versions, published_versions, use_of_versions
from web.look.work_states import origin_words
from web.pages.authoring.bodies import limit_form
from web.pages.authoring.fields import one_line_ends
from web.pages.authoring.own import Work, act, own_app
from web.pages.authoring.paging import before_of
from web.signin.who import check_form

pages = Blueprint("author_versions", __name__)
_AT_ONCE = 20


@pages.get("/author/<name>/versions")
def show(name: str) -> str:
    """List the versions, newest first, deleted ones as long as they can be restored and after."""
    work = own_app(name)
    before = before_of(request.args.get("before"))
    versions, following = page_of_versions(work.session, work.app, limit=_AT_ONCE, before=before)
    settings = work.services.settings
    keep = timedelta(days=settings.version_keep_days)
    return render_template(
        "authoring/versions.html",
        app=work.app,
        versions=versions,
        following=following,
        default=default_of(work.app, published_versions(work.session, work.app)),
        use=use_of_versions(work.session, work.app, versions),
        until={one.number: one.deleted_at + keep for one in versions if one.deleted_at and not one.purged_at},
        there=[one for one in versions if one.deleted_at is None],
        origin_words=origin_words,
    )


@pages.post("/author/<name>/versions/<number>")
def change(name: str, number: str) -> Response:
    """Do what the button says."""
    work = own_app(name)
    limit_form()
    check_form()
    version = see_version(work.session, work.user, work.app, number)
    where = f"{url_for('author_versions.show', name=work.app.name)}#version-{version.number}"
    what = request.form.get("do", "")
    said = {
        "publish": _("Version %(number)s is published.", number=version.number),
        "withdraw": _("Version %(number)s is not published any more.", number=version.number),
        "default": _("Version %(number)s is what runs where no version is named.", number=version.number),
        "newest": _("The newest published version runs where none is named."),
        "changelog": _("The changelog is stored."),
        "delete": _("Version %(number)s is deleted. It can be restored here.", number=version.number),
        "restore": _("Version %(number)s is restored.", number=version.number),
    }
    if what not in said:
        raise BadInput("do: there is no such action", field="do")
    return act(work, lambda: _do(work, version, what), said[what], where)


def _do(work: Work, version: Version, what: str) -> None:
    session, user = work.session, work.user
    match what:
        case "publish" | "withdraw":
            change_version(session, user, version, published=what == "publish")
        case "default" | "newest":
            change_version(session, user, version, default=what == "default")
        case "changelog":
            change_version(session, user, version, changelog=one_line_ends(request.form.get("changelog", "")))
        case "delete":
            delete_version(session, user, version)
        case _:
            restore_version(session, work.services, user, version)
