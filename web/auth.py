"""Who sends a request: the token of its Authorization header."""

from flask import request

from allgo_hpc.accounts import user_of_token
from allgo_hpc.errors import NotSignedIn
from allgo_hpc.models import User
from web.app import get_session

_HOW = "send the header 'Authorization: Token token=<your token>'"


def token_from_header(header: str) -> str:
    """Return the token of ``Token token=<t>`` (also quoted, as Rails writes it) or ``Bearer <t>``.

    Raises:
        NotSignedIn: there is none.
    """
    scheme, _, rest = header.strip().partition(" ")
    value = rest.strip()
    if scheme.lower() == "token" and value.startswith("token="):
        value = value.removeprefix("token=").strip().strip('"')
    elif scheme.lower() != "bearer":
        value = ""
    if not value:
        raise NotSignedIn(f"no token was sent: {_HOW}", field="Authorization", code="no_token")
    return value


def current_user() -> User:
    """Return who sent this request.

    Raises:
        NotSignedIn: no token, or not a valid one.
    """
    return user_of_token(get_session(), token_from_header(request.headers.get("Authorization", "")))
