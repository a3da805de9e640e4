"""``POST /apps/<name>/run/code``: what the form means as code; its script asks while it is filled in."""

from flask import Blueprint, Response, jsonify, request

from allgo_hpc.apps import find_app
from web.context import get_session
from web.pages.running.form import code_of
from web.signin.who import need_user

pages = Blueprint("running_code", __name__)
_MOST_BYTES = 1024 * 1024


@pages.post("/apps/<name>/run/code")
def show(name: str) -> Response:
    """Answer the code in each language; nothing is stored, so the form needs no proof of where it comes from."""
    request.max_content_length = request.max_form_memory_size = _MOST_BYTES
    app = find_app(get_session(), need_user(), name, field="app")
    values = {field: text for field, text in request.form.items() if field != "names"}
    return jsonify(code_of(app, values, request.form.getlist("names")))
