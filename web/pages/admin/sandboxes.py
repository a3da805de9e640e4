"""``/admin/sandboxes``: all sandboxes, the build node's room, and what lies on the portal's disks."""

from flask import Blueprint, Response, flash, redirect, render_template
from flask_babel import gettext as _

from allgo_hpc.administration.disk import look_at_disks, look_at_stored
from allgo_hpc.administration.sandboxes import list_sandboxes, stop_anybodys_sandbox
from allgo_hpc.apps import app_named
from allgo_hpc.errors import Conflict
from web.context import get_services, get_session
from web.pages.admin.remembered import build_node
from web.pages.admin.who import acting, admin

pages = Blueprint("admin_sandboxes", __name__)


@pages.get("/admin/sandboxes")
def sandboxes() -> str:
    """Show sandboxes and disks."""
    admin()
    session = get_session()
    rows, stored = list_sandboxes(session), look_at_stored(session)
    disks = look_at_disks(get_services().layout)
    session.commit()  # nothing of the database is held while the build node is asked
    return render_template("admin/sandboxes.html", rows=rows, stored=stored, disks=disks, node=build_node())


@pages.post("/admin/sandboxes/<name>/stop")
def stop(name: str) -> Response:
    """Stop a sandbox."""
    by = acting()
    session = get_session()
    app = app_named(session, name)
    try:
        stop_anybodys_sandbox(session, by, app)
        flash(_("The sandbox of %(app)s is being stopped; what is in it stays.", app=app.name), "success")
    except Conflict as error:
        session.rollback()
        flash(str(error), "error")
    return redirect("/admin/sandboxes", 303)  # type: ignore[return-value]  # Werkzeug's own class
