"""The portal's front page: what can be run here, and how."""

from flask import Blueprint, render_template

from allgo_hpc.apps import visible_apps
from web.context import base_url, get_services, get_session
from web.signin.who import visitor

pages = Blueprint("pages", __name__)


@pages.get("/")
def front() -> str:
    """List the apps that the visitor may run, with the command that runs one."""
    apps = visible_apps(get_session(), visitor())
    return render_template(
        "catalogue/front.html", apps=apps, base_url=base_url(), queues=get_services().settings.queues
    )
