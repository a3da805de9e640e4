"""Boutiques descriptors: one that was sent, and the app's own as a file."""

import json
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from allgo_hpc.apps import default_of
from allgo_hpc.errors import BadInput, Conflict
from allgo_hpc.parameters.boutiques.read import read_descriptor
from allgo_hpc.parameters.boutiques.write import write_descriptor
from allgo_hpc.versions.listing import published_versions
from web.pages.authoring.bodies import sent_file
from web.pages.authoring.own import own_app

pages = Blueprint("author_boutiques", __name__)


@pages.get("/author/<name>/parameters/boutiques.json")
def boutiques(name: str) -> Response:
    """Send the stored parameters as a Boutiques descriptor."""
    work = own_app(name)
    app = work.app
    if not app.parameters:
        raise Conflict(f"the app '{app.name}' has no parameters: Boutiques wants at least one", field="app")
    default = default_of(app, published_versions(work.session, app))
    version = str(default.number) if default is not None else "0"
    made = write_descriptor(app.name, app.description or app.title, version, app.parameters)
    answer = Response(json.dumps(made, indent=2, ensure_ascii=False) + "\n", mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{app.name}.boutiques.json"'
    return answer


def read_sent(text: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the parameters of a descriptor that was pasted or chosen as a file, and what was left out."""
    data = sent_file("file") or text.encode("utf-8", "replace")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadInput(_("The descriptor is no JSON."), field="descriptor") from error
    if not isinstance(found, dict):
        raise BadInput(_("The descriptor is no JSON object."), field="descriptor")
    return read_descriptor(found)
