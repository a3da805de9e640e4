"""``/api/v1/apps/<name>/commits``: ask for one, follow it, end it, try again."""

from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select

from allgo_hpc.apps import find_own_app
from allgo_hpc.commits.ask import abort_commit, ask_commit, find_commit, retry_commit
from allgo_hpc.jobs.dispatch import wake_sweep
from allgo_hpc.models import Commit
from web.api.groups import SANDBOXES
from web.api.sandboxes.answer import commit_entry
from web.api.sandboxes.schemas import CommitAnswer, CommitList, CommitsQuery, NewCommit
from web.auth import current_user, needs
from web.checks import LARGEST_JSON, json_or_form, load_body
from web.context import get_services, get_session

_RULE = "/api/v1/apps/<app_name>/commits"


@SANDBOXES.operation(
    _RULE, method="POST", auth=needs("apps:write"), body=json_or_form(NewCommit), answers={202: CommitAnswer},
    errors=(400, 409), links={"commit_id": ("get_commit", "post_abort", "post_retry")},
)  # fmt: skip
def post_commit(app_name: str) -> tuple[Response, int]:
    """Commit the sandbox of one's own app: it becomes an image, is inspected, and runs the app's sample.

    Only if that passes there is a new version; until then, and if not, the version before serves and the sandbox stays
    as it is. Sessions that are open stand still while the files are read, and go on.
    """
    sent = load_body(request, NewCommit(), most_bytes=LARGEST_JSON)
    session, user = get_session(), current_user()
    app = find_own_app(session, user, app_name, field="app_name")
    made = ask_commit(session, user, app, **sent)
    wake_sweep(get_services())
    return jsonify(_answer(made)), 202


@SANDBOXES.operation(_RULE, auth=needs("apps:write"), query=CommitsQuery, answers={200: CommitList})
def get_commits(query: Mapping[str, Any], app_name: str) -> Response:
    """List the commits of one's own app, newest first."""
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    found = session.scalars(
        select(Commit).where(Commit.app_id == app.id).order_by(Commit.id.desc()).limit(query["limit"])
    )
    return jsonify({"commits": [commit_entry(one) for one in found]})


@SANDBOXES.operation(f"{_RULE}/<commit_id>", auth=needs("apps:write"), answers={200: CommitAnswer})
def get_commit(app_name: str, commit_id: str) -> Response:
    """Tell how a commit stands, with its log."""
    return jsonify(_answer(_own(app_name, commit_id)))


@SANDBOXES.operation(
    f"{_RULE}/<commit_id>/abort", method="POST", auth=needs("apps:write"), answers={202: CommitAnswer}, errors=(409,)
)
def post_abort(app_name: str, commit_id: str) -> tuple[Response, int]:
    """End a commit without a version; its test is cancelled."""
    commit = _own(app_name, commit_id)
    abort_commit(get_session(), commit)
    return jsonify(_answer(commit)), 202


@SANDBOXES.operation(
    f"{_RULE}/<commit_id>/retry", method="POST", auth=needs("apps:write"), answers={202: CommitAnswer}, errors=(409,)
)
def post_retry(app_name: str, commit_id: str) -> tuple[Response, int]:
    """Ask for a commit that failed or was aborted once more, of the sandbox as it is now."""
    commit = _own(app_name, commit_id)
    made = retry_commit(get_session(), current_user(), commit)
    wake_sweep(get_services())
    return jsonify(_answer(made)), 202


def _own(app_name: str, commit_id: str) -> Commit:
    session = get_session()
    app = find_own_app(session, current_user(), app_name, field="app_name")
    return find_commit(session, app, commit_id)


def _answer(commit: Commit) -> dict[str, Any]:
    return commit_entry(commit) | {"log": commit.log}
