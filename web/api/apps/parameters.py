"""An app's parameters: values to a param string and back, Boutiques, a draft from ``--help``."""

from typing import Any

from flask import Response, jsonify, request

from allgo_hpc.apps import default_of, find_app, find_own_app
from allgo_hpc.authoring.change import change_app
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.models import App
from allgo_hpc.parameters.boutiques.read import read_descriptor
from allgo_hpc.parameters.boutiques.write import write_descriptor
from allgo_hpc.parameters.drafting.draft import draft_parameters
from allgo_hpc.parameters.values import parse, render
from web.api.apps.parameter_schemas import (
    Descriptor,
    DraftAnswer,
    HelpText,
    ParameterValues,
    ParamString,
    ReadDescriptor,
)
from web.api.groups import APPS
from web.auth import OPTIONAL, current_user, needs, sender
from web.checks import json_only, load_json
from web.context import get_services, get_session


@APPS.operation(
    "/api/v1/apps/<app_name>/parameters/render",
    method="POST",
    auth=OPTIONAL,
    body=json_only(ParameterValues),
    answers={200: ParamString},
    errors=(400,),
)
def post_render(app_name: str) -> Response:
    """Write values of an app's parameters as its param string; nothing is stored."""
    app, values = _app(app_name), _sent("values", dict)
    most = get_services().settings.param_max_bytes
    return jsonify({"param": render(app.parameters or [], values, most_bytes=most)})


@APPS.operation(
    "/api/v1/apps/<app_name>/parameters/parse",
    method="POST",
    auth=OPTIONAL,
    body=json_only(ParamString),
    answers={200: ParameterValues},
    errors=(400,),
)
def post_parse(app_name: str) -> Response:
    """Read the values of an app's parameters from a param string; of what was written they are the same."""
    app, param = _app(app_name), _sent("param", str)
    most = get_services().settings.param_max_bytes
    return jsonify({"values": parse(app.parameters or [], param, most_bytes=most)})


@APPS.operation("/api/v1/apps/<app_name>/boutiques", auth=OPTIONAL, answers={200: Descriptor}, errors=(409,))
def get_boutiques(app_name: str) -> Response:
    """Describe an app as Boutiques does, with all its parameters."""
    app = _app(app_name)
    if not app.parameters:
        raise Conflict(f"the app '{app.name}' has no parameters: Boutiques wants at least one", field="app_name")
    default = default_of(app, app.versions)
    version = str(default.number) if default is not None else "0"
    return jsonify({"descriptor": write_descriptor(app.name, app.description or app.title, version, app.parameters)})


@APPS.operation(
    "/api/v1/apps/<app_name>/boutiques",
    method="PUT",
    auth=needs("apps:write"),
    body=json_only(Descriptor),
    answers={200: ReadDescriptor},
    errors=(400,),
)
def put_boutiques(app_name: str) -> Response:
    """Give one's own app the parameters of a Boutiques descriptor, in place of those it has.

    What has no counterpart here is left out, and named.
    """
    session, services, user = get_session(), get_services(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    made, left_out = read_descriptor(_sent("descriptor", dict))
    change_app(session, services, user, app, {"parameters": made})
    return jsonify({"parameters": app.parameters or [], "left_out": left_out})


@APPS.operation(
    "/api/v1/parameters/draft",
    method="POST",
    auth=needs("apps:write"),
    body=json_only(HelpText),
    answers={200: DraftAnswer},
    errors=(400,),
)
def post_draft() -> Response:
    """Read a draft of the parameters from a program's `--help` (argparse and click); nothing is stored."""
    return jsonify({"parameters": draft_parameters(_sent("help", str))})


def _app(app_name: str) -> App:
    return find_app(get_session(), sender(), app_name, field="app_name")


def _sent(name: str, kind: type) -> Any:  # noqa: ANN401
    """Return the one member of the body."""
    sent = load_json(request)
    for key in sent:
        if key != name:
            shown = key[:64] if key.isprintable() else "(what was sent)"
            raise BadInput(f"{shown}: there is no such field; did you mean '{name}'?", field=shown)
    if type(sent.get(name)) is not kind:
        raise BadInput(f"'{name}' must be {'a text' if kind is str else 'an object'}", field=name)
    return sent[name]
