"""``/api/v1/apps/<name>/recipes`` and ``…/imports``: a version of what is sent, without a sandbox."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from allgo_hpc.apps import find_own_app
from allgo_hpc.commits.recipes import commit_import, commit_recipe
from allgo_hpc.errors import BadInput
from allgo_hpc.models import Commit
from allgo_hpc.submitting.submission import new_staging
from web.api.groups import SANDBOXES
from web.api.jobs.upload import read_form
from web.api.sandboxes.answer import commit_entry
from web.api.sandboxes.schemas import CommitAnswer
from web.auth import current_user, needs
from web.context import get_services, get_session

_RULE = "/api/v1/apps/<app_name>"
_WORDS = {"true": True, "false": False}


def _body(**files: str) -> dict[str, Any]:
    properties = {
        "changelog": {"type": "string", "description": "What is new."},
        "publish": {"type": "string", "enum": list(_WORDS), "description": "Without it: as the app says."},
    } | {name: {"type": "string", "format": "binary", "description": what} for name, what in files.items()}
    return {
        "required": True,
        "content": {"multipart/form-data": {"schema": {"type": "object", "properties": properties}}},
    }


_LINKS = {"commit_id": ("get_commit", "post_abort")}
_ERRORS = (400, 409, 413, 503, 507)


@SANDBOXES.operation(
    f"{_RULE}/recipes",
    method="POST",
    auth=needs("apps:write"),
    body=_body(
        Dockerfile="The recipe: a part whose file name is `Dockerfile` or ends in `.def`, under any field name.",
        entrypoint="The files that it copies, each as a part, under any field name.",
    ),
    answers={202: CommitAnswer},
    errors=_ERRORS,
    links=_LINKS,
)
def post_recipe(app_name: str) -> tuple[Response, int]:
    """Build a version of one's own app from an Apptainer definition file or a Dockerfile.

    It is built as a Slurm job with limits, its output is the commit's log; what of it cannot be honoured is told
    line by line, at once. Then it goes on as any commit: inspected, tested by the app's sample, published or not.
    """
    return _commit(app_name, commit_recipe)


@SANDBOXES.operation(
    f"{_RULE}/imports",
    method="POST",
    auth=needs("apps:write"),
    body=_body(image="A SIF image, or an OCI or Docker archive (tar)."),
    answers={202: CommitAnswer},
    errors=_ERRORS,
    links=_LINKS,
)
def post_import(app_name: str) -> tuple[Response, int]:
    """Make a version of one's own app of an image that there is already."""
    return _commit(app_name, commit_import)


def _commit(app_name: str, make: Callable[..., Commit]) -> tuple[Response, int]:
    session, services, user = get_session(), get_services(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    session.commit()  # nothing of the database is held while the body comes
    with new_staging(services) as staging:
        sent = read_form(request, staging)
        publish = sent.get("publish")
        if publish is not None and publish not in _WORDS:
            raise BadInput("publish: must be true or false", field="publish")
        commit = make(
            session, services, user, app, staging,
            changelog=sent.get("changelog", ""), publish=_WORDS[publish] if publish is not None else None,
        )  # fmt: skip
        return jsonify(commit_entry(commit) | {"log": commit.log}), 202
