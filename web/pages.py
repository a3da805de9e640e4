"""The portal's front page: what can be run here, and how."""

from flask import Blueprint, render_template, request

from allgo_hpc.apps import visible_apps
from web.context import get_services, get_session

pages = Blueprint("pages", __name__)


@pages.get("/")
def front() -> str:
    """List the public apps with the command that runs one."""
    apps = visible_apps(get_session(), None)
    base_url = (get_services().settings.base_url or request.host_url).rstrip("/")
    return render_template("front.html", apps=apps, base_url=base_url, queues=get_services().settings.queues)
