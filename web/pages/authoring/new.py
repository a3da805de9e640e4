"""``/author/new``: make an app."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from allgo_hpc.authoring.create import check_free_name, create_app
from allgo_hpc.authoring.icons import check_icon, set_icon
from allgo_hpc.authoring.names import LONGEST
from allgo_hpc.authoring.properties import default_properties
from allgo_hpc.errors import Refusal
from allgo_hpc.models.apps import DEFAULT_BASE
from web.context import get_services, get_session
from web.look.filled import Filled
from web.pages.authoring.bodies import limit_form, sent_file
from web.pages.authoring.choices import choices
from web.pages.authoring.fields import NAMES, properties_of
from web.signin.who import check_form, need_author

pages = Blueprint("author_new", __name__)


@pages.get("/author/new")
def show() -> str:
    """Show the form."""
    need_author()
    defaults = default_properties("", get_services().settings)
    values = {name: defaults[name] for name in ("default_queue", "memory_mb", "cpus", "gpus")}
    return _form(Filled(values | {"base": DEFAULT_BASE, "auto_publish": True}))


@pages.post("/author/new")
def make() -> Response | str | tuple[str, int]:
    """Make the app; asked for a preview, tell what would be refused and show the description."""
    user, services, session = need_author(), get_services(), get_session()
    limit_form(services.settings.icon_max_bytes)
    check_form()
    sent, name = request.form, request.form.get("name", "").strip()
    preview = sent.get("do") == "preview"
    try:
        values = properties_of(sent)
        values = {key: value for key, value in values.items() if key != "title" or str(value).strip()}
        if preview:
            if name:
                check_free_name(session, name)
            return _form(Filled(sent), free=name)
        icon = sent_file("icon")
        if icon:
            check_icon(icon, most_bytes=services.settings.icon_max_bytes)
        app = create_app(session, services, user, name, values)
        if icon:
            set_icon(session, services, user, app, icon)
    except Refusal as error:
        session.rollback()
        page = _form(Filled(sent, error, NAMES))
        return page if preview else (page, 400)
    flash(_("The app is made. Nobody sees it until it has a version; this page says how to get there."), "success")
    return redirect(url_for("author_sandbox.show", name=app.name), 303)  # type: ignore[return-value]


def _form(filled: Filled, *, free: str = "") -> str:
    services = get_services()
    return render_template(
        "authoring/new.html", filled=filled, free=free, longest=LONGEST, **choices(services), settings=services.settings
    )
