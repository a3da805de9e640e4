"""``/api/v1/apps/<name>/sandbox``: see, start, stop, begin anew, give up."""

from flask import Response, jsonify, request

from allgo_hpc.apps import find_own_app
from allgo_hpc.commits.ask import under_way
from allgo_hpc.models import App, Sandbox
from allgo_hpc.sandboxes.ask import discard_sandbox, start_sandbox, stop_sandbox
from allgo_hpc.sandboxes.keys import keys_of
from web.api.groups import SANDBOXES
from web.api.sandboxes.answer import sandbox_answer
from web.api.sandboxes.schemas import SandboxAnswer, StartSandbox
from web.auth import current_user, needs
from web.checks import json_or_form, load_body
from web.context import get_services, get_session

_RULE = "/api/v1/apps/<app_name>/sandbox"


@SANDBOXES.operation(_RULE, auth=needs("apps:write"), answers={200: SandboxAnswer})
def get_sandbox(app_name: str) -> Response:
    """Tell how the sandbox of one's own app stands, and how to log in."""
    app = find_own_app(get_session(), current_user(), app_name, field="app_name")
    return jsonify(_answer(app))


@SANDBOXES.operation(
    _RULE, method="POST", auth=needs("apps:write"), body=json_or_form(StartSandbox), answers={202: SandboxAnswer},
    errors=(400, 409),
)  # fmt: skip
def post_sandbox(app_name: str) -> tuple[Response, int]:
    """Start the sandbox of one's own app: a new one from a base image or a version, or the one that was stopped.

    With `anew` what is in it is given up (an administrator can take it back for 30 days), and it begins again: that is
    A||GO's rollback.
    """
    sent = load_body(request, StartSandbox())
    session, user = get_session(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    start_sandbox(session, get_services(), user, app, **sent)
    return jsonify(_answer(app)), 202


@SANDBOXES.operation(
    f"{_RULE}/stop", method="POST", auth=needs("apps:write"), answers={202: SandboxAnswer}, errors=(409,)
)
def post_stop(app_name: str) -> tuple[Response, int]:
    """Stop the sandbox: its sessions end, what is in it stays."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    stop_sandbox(session, app)
    return jsonify(_answer(app)), 202


@SANDBOXES.operation(_RULE, method="DELETE", auth=needs("apps:write"), answers={202: SandboxAnswer}, errors=(409,))
def delete_sandbox(app_name: str) -> tuple[Response, int]:
    """Give the sandbox up; an administrator can take it back for 30 days."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    discard_sandbox(session, app)
    return jsonify(_answer(app)), 202


def _answer(app: App) -> dict[str, object]:
    session = get_session()
    sandbox = session.get(Sandbox, app.id)
    keys = len(keys_of(session, sandbox)) if sandbox is not None else 0
    return sandbox_answer(get_services().settings, app, sandbox, under_way(session, app), keys)
