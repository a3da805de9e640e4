"""``POST /api/v1/tokens``: a token for a user name and a password."""

from flask import Blueprint, Response, jsonify, request

from allgo_hpc.accounts import check_password, new_token
from allgo_hpc.errors import NotSignedIn
from web.app import get_session
from web.limits import SIGN_IN, limiter

blueprint = Blueprint("tokens", __name__)


@blueprint.post("/api/v1/tokens")
@limiter.limit(SIGN_IN)
def post_token() -> tuple[Response, int]:
    """Make a token for whoever signs in by HTTP Basic; it is shown this once."""
    sent = request.authorization
    if sent is None or sent.type != "basic" or not sent.username:
        raise NotSignedIn(
            "send your user name and password by HTTP Basic (curl -u NAME)", field="Authorization", code="no_password"
        )
    session = get_session()
    user = check_password(session, sent.username, sent.password or "")
    name = request.form.get("name", "made by the API")
    answer = jsonify({"token": new_token(session, user, name=name), "name": name, "user": user.name})
    answer.headers["Cache-Control"] = "no-store"
    return answer, 201
