"""``/author/<app>/settings``: what an author says of an app, its icon, and who changed what when."""

import json

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from allgo_hpc.authoring.change import change_app
from allgo_hpc.authoring.history import list_changes, who
from allgo_hpc.authoring.icons import remove_icon, set_icon
from allgo_hpc.errors import BadInput, Refusal
from web.look.filled import Filled
from web.pages.authoring.bodies import limit_form, sent_file
from web.pages.authoring.choices import choices
from web.pages.authoring.fields import NAMES, form_of, properties_of
from web.pages.authoring.own import Work, act, own_app
from web.pages.authoring.paging import before_of
from web.signin.who import check_form

pages = Blueprint("author_settings", __name__)
_CHANGES = 20
_SHOWN = 200
_WORDS = {
    "created": _l("made"),
    "title": _l("title"),
    "description": _l("description"),
    "contact": _l("contact"),
    "tags": _l("tags"),
    "public": _l("public"),
    "default_queue": _l("queue"),
    "memory_mb": _l("memory (MB)"),
    "cpus": _l("processors"),
    "gpus": _l("graphics processors"),
    "network": _l("network"),
    "disk_scratch": _l("node's disk"),
    "input_max_bytes": _l("most input (bytes)"),
    "rerun_after_node_failure": _l("started anew after a node failure"),
    "base": _l("base"),
    "auto_publish": _l("published by itself"),
    "presets": _l("presets"),
    "parameters": _l("form fields"),
    "icon": _l("icon"),
    "default_version": _l("default version"),
    "citation": _l("citation"),
    "example_job_id": _l("example"),
}


@pages.get("/author/<name>/settings")
def show(name: str) -> str:
    """Show the app's properties."""
    work = own_app(name)
    return _page(work, Filled(form_of(work.app)))


@pages.post("/author/<name>/settings")
def change(name: str) -> Response | str | tuple[str, int]:
    """Change them, at once; asked for a preview, show the description."""
    work = own_app(name)
    limit_form()
    check_form()
    if request.form.get("do") == "preview":
        return _page(work, Filled(request.form))
    try:
        changed = change_app(work.session, work.services, work.user, work.app, properties_of(request.form))
    except Refusal as error:
        work.session.rollback()
        return _page(work, Filled(request.form, error, NAMES)), 400
    flash(_("Stored. It is so from now on.") if changed else _("Nothing was different."), "success")
    return redirect(url_for("author_settings.show", name=work.app.name), 303)  # type: ignore[return-value]


@pages.post("/author/<name>/icon")
def icon(name: str) -> Response:
    """Give the app an icon, or take it away."""
    work = own_app(name)
    limit_form(work.services.settings.icon_max_bytes)
    check_form()
    where = f"{url_for('author_settings.show', name=work.app.name)}#icon-box"
    if request.form.get("do") == "remove":
        return act(
            work,
            lambda: remove_icon(work.session, work.services, work.user, work.app),
            _("The icon is removed."),
            where,
        )
    return act(work, lambda: _set_icon(work, sent_file("icon")), _("The icon is stored."), where)


def _set_icon(work: Work, data: bytes) -> None:
    if not data:
        raise BadInput(_("Choose a file first."), field="icon")
    set_icon(work.session, work.services, work.user, work.app, data)


def told(value: object) -> str:
    """Return a value of the history as a reader takes it, cut where it is long. Pure."""
    match value:
        case None | "" | []:
            text = "–"
        case bool():
            text = _("yes") if value else _("no")
        case str():
            text = value
        case list() if all(isinstance(each, (str, dict)) for each in value):
            text = ", ".join(str(each.get("name", "?")) if isinstance(each, dict) else each for each in value)
        case _:
            text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _page(work: Work, filled: Filled) -> str:
    changes, following = list_changes(
        work.session, work.app, limit=_CHANGES, before_id=before_of(request.args.get("before"))
    )
    return render_template(
        "authoring/settings.html",
        app=work.app,
        filled=filled,
        changes=changes,
        following=following,
        who=who,
        told=told,
        words=_WORDS,
        settings=work.services.settings,
        **choices(work.services),
    )
