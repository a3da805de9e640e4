"""Who sends a request, and whether they may: the Authorization header, checked against what an operation needs."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import g, request

from allgo_hpc.accounts import check_password
from allgo_hpc.errors import NotAllowed, NotSignedIn
from allgo_hpc.models import User
from allgo_hpc.tokens import ALL_SCOPES, SCOPES, Access, access_of_token
from web.context import get_session
from web.signin.who import check_form, visitor

_HOW = "send the header 'Authorization: Token token=<your token>'"


@dataclass(frozen=True)
class Auth:
    """What an operation asks of its caller.

    Attributes:
        check: returns who acts, or None for nobody in particular; raises a Refusal.
        security: the same for the OpenAPI document: alternatives, each a set of schemes.
        words: the same for people.
    """

    check: Callable[[], Access | None]
    security: tuple[str, ...]
    words: str


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


def needs(scope: str) -> Auth:
    """A token with this scope."""

    def check() -> Access:
        access = _access()
        access.need(scope)
        return access

    return Auth(check, ("token", "bearer"), f"Needs a token with the scope `{scope}`: {SCOPES[scope]}.")


def _optional() -> Access | None:
    if request.headers.get("Authorization"):
        return _access_by_token()
    return _access_by_session()


def _own() -> Access:
    """By user name and password, or by a token that may do everything."""
    sent = request.authorization
    if sent is not None and sent.type == "basic":
        if not sent.username:
            raise _no_password()
        return Access(check_password(get_session(), sent.username, sent.password or ""))
    try:
        access = _access()
    except NotSignedIn as error:
        raise _no_password() if error.code == "no_token" else error from None
    if access.scopes != ALL_SCOPES:
        raise NotAllowed(
            "a token that does not have all scopes cannot manage tokens: sign in by HTTP Basic (curl -u NAME)",
            field="Authorization",
            code="scope_missing",
        )
    return access


ANYBODY = Auth(lambda: None, (), "Needs no token.")
OPTIONAL = Auth(_optional, ("", "token", "bearer"), "A token is optional: with it, what is yours is seen too.")
OWN_ACCOUNT = Auth(
    _own, ("basic", "token", "bearer"), "Needs your user name and password by HTTP Basic, or a token with all scopes."
)


def current_access() -> Access:
    """Return who sent this request; the operation's Auth has checked it.

    Raises:
        NotSignedIn: nobody did.
    """
    access: Access | None = g.get("access")
    if access is None:
        raise NotSignedIn(f"no token was sent: {_HOW}", field="Authorization", code="no_token")
    return access


def current_user() -> User:
    """Return the user who sent this request.

    Raises:
        NotSignedIn: nobody did.
    """
    return current_access().user


def sender() -> User | None:
    """Return the user who sent this request, None where nobody signed in."""
    access: Access | None = g.get("access")
    return access.user if access is not None else None


def _access() -> Access:
    if not request.headers.get("Authorization"):
        access = _access_by_session()
        if access is not None:
            return access
    return _access_by_token()


def _access_by_session() -> Access | None:
    """Return who is signed in at the page whose script sends this; None for nobody.

    A browser sends its cookies whatever page makes it ask. So what changes anything needs the header X-CSRF-Token,
    which no other site's page can know or may send, and what was started by another site's page is nobody's.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return None
    user = visitor()
    if user is None:
        return None
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        check_form(request.headers.get("X-CSRF-Token", ""))
    return Access(user)


def _access_by_token() -> Access:
    return access_of_token(get_session(), token_from_header(request.headers.get("Authorization", "")))


def _no_password() -> NotSignedIn:
    return NotSignedIn(
        "send your user name and password by HTTP Basic (curl -u NAME), or a token with all scopes",
        field="Authorization",
        code="no_password",
    )
