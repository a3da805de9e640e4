"""The app that a page is about, for whoever asks; everybody else is answered as if there were none."""

from flask import Response, abort, make_response, redirect, render_template, request

from allgo_hpc.apps import find_app
from allgo_hpc.catalogue.near import near_apps
from allgo_hpc.errors import NotFound
from allgo_hpc.models import App, User
from web.context import get_session
from web.signin.who import visitor

_LONGEST = 64


def shown_app(name: str) -> tuple[App, User | None]:
    """Return the app and who asks; answers at once where there is none, and by its name where a number is given."""
    user = visitor()
    try:
        app = find_app(get_session(), user, name, field="app")
    except NotFound:
        abort(_no_app(name, user))
    if app.name != name:
        path = request.path.replace(f"/apps/{name}", f"/apps/{app.name}", 1)
        query = request.query_string.decode("latin-1")
        abort(redirect(f"{path}?{query}" if query else path))
    return app, user


def _no_app(wanted: str, user: User | None) -> Response:
    """Return the page of an app that there is not, or is another's: the same words, and what was probably meant."""
    readable = wanted if wanted.isprintable() else ""
    near = near_apps(get_session(), user, readable) if readable else ()
    page = render_template("catalogue/no_app.html", wanted=readable[:_LONGEST], near=near, user=user)
    return make_response(page, 404)
