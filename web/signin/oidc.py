"""Signing in by an OpenID Connect provider, by Authlib: code flow with state, nonce and PKCE."""

import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Blueprint, Flask, Response, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_security import login_user
from flask_security.confirmable import send_confirmation_instructions
from joserfc.errors import JoseError

from allgo_hpc.errors import Refusal
from allgo_hpc.identities import Vouched, account_of
from allgo_hpc.settings import Settings
from web.address import client_address, is_own_path
from web.context import base_url, get_services, get_session
from web.limits import SIGN_IN, limiter
from web.look.languages import language
from web.signin.account import Account

pages = Blueprint("oidc", __name__)
_log = logging.getLogger(__name__)
_NAME = "allgo"
_NEXT = "oidc_next"
_WAIT_S = 10.0
_LEEWAY_S = 60
_MOST_BEGUN = 5
# A signature by the portal's own secret (HS256), or none, is not the provider's.
_ALGORITHMS = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
_FAULTS = (OAuthError, JoseError, requests.RequestException, ValueError, KeyError, TypeError, RuntimeError)
"""What Authlib raises for a provider that answers wrongly, or not at all."""


class ElsewhereError(RuntimeError):
    """The provider wants the portal to ask another host."""


class IssuerSession(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    """Asks the provider's own host and no other, whatever its answers name."""

    issuer = ""

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Any:  # noqa: ANN401
        """Send one request; follows nothing, waits some seconds.

        Raises:
            ElsewhereError: to another host.
        """
        if _origin(url) != _origin(self.issuer):
            raise ElsewhereError(f"the provider names {_origin(url)}, which is not oidc_issuer's host")
        more |= {"allow_redirects": False, "timeout": _WAIT_S}
        return super().request(method, url, *args, **more)


def init_oidc(app: Flask, settings: Settings) -> None:
    """Let people sign in that way, where the site has a provider."""
    app.jinja_env.globals["oidc_name"] = settings.oidc_name if settings.oidc_issuer else ""
    if not settings.oidc_issuer:
        return
    own_session = type("OwnIssuerSession", (IssuerSession,), {"issuer": settings.oidc_issuer})
    client = type("Client", (FlaskOAuth2App,), {"client_cls": own_session})
    OAuth(app).register(
        _NAME,
        client_cls=client,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )
    app.register_blueprint(pages)


@pages.get("/login/oidc")
@limiter.limit(SIGN_IN)
def start() -> Response:
    """Send the browser to the provider."""
    wanted = request.args.get("next", "/")
    session[_NEXT] = wanted if is_own_path(wanted) else "/"
    begun = [key for key in session if key.startswith(f"_state_{_NAME}_")]
    for key in begun if len(begun) >= _MOST_BEGUN else ():  # the session is a cookie, and small
        session.pop(key)
    try:
        client = _client()
        answer: Response = client.authorize_redirect(f"{base_url()}{url_for('oidc.back')}")
    except _FAULTS as error:
        return _failed(error)
    return answer


@pages.get("/login/oidc/back")
@limiter.limit(SIGN_IN)
def back() -> Response:
    """Take what the provider says of whoever comes back from it."""
    try:
        who = _vouched(_client())
    except _FAULTS as error:
        return _failed(error)
    try:
        user = account_of(get_session(), who, address=client_address(), language=language())
    except Refusal as error:
        flash(str(error), "error")
        return _to("/login")
    if user.confirmed_at is None:
        send_confirmation_instructions(Account(user))  # type: ignore[no-untyped-call]
        flash(_("A mail is on its way to %(email)s. Open the link in it; then you can sign in.", email=user.email))
        return _to("/login")
    login_user(Account(user), remember=False, authn_via=["oidc"])
    return _to(session.pop(_NEXT, "/"))


def _client() -> Any:  # noqa: ANN401
    """Return Authlib's client, which knows its provider.

    Raises:
        ValueError: the provider calls itself otherwise.
    """
    client = current_app.extensions["authlib.integrations.flask_client"].create_client(_NAME)
    metadata = client.load_server_metadata()
    issuer = get_services().settings.oidc_issuer
    if str(metadata.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
        raise ValueError(f"the provider calls itself {metadata.get('issuer')!r}")
    told = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
    metadata["id_token_signing_alg_values_supported"] = [each for each in told if each in _ALGORITHMS]
    return client


def _vouched(client: Any) -> Vouched:  # noqa: ANN401
    settings = get_services().settings
    metadata = client.load_server_metadata()
    options = {
        "iss": {"essential": True, "values": [metadata["issuer"]]},
        "aud": {"essential": True, "values": [settings.oidc_client_id]},
    }
    token = client.authorize_access_token(claims_options=options, leeway=_LEEWAY_S)
    claims = dict(token["userinfo"])
    if "email" not in claims and metadata.get("userinfo_endpoint"):
        more = client.userinfo(token=token)
        if more.get("sub") != claims["sub"]:
            raise ValueError("the provider tells of somebody else")
        claims = dict(more) | claims
    email = str(claims.get("email") or "")
    account = claims.get(settings.oidc_account_claim) if settings.oidc_account_claim else None
    return Vouched(
        external_id=f"{settings.oidc_issuer.rstrip('/')} {claims['sub']}",
        name=str(claims.get(settings.oidc_user_claim) or email),
        email=email,
        email_checked=claims.get("email_verified") is True,
        account=account if isinstance(account, str) else "",
        may_link=True,
    )


def _failed(error: Exception) -> Response:
    _log.warning("sign-in by the provider failed: %s: %s", type(error).__name__, str(error)[:300])
    name = get_services().settings.oidc_name
    flash(
        _("Signing in by %(name)s did not work. Try it again; if it stays so, tell an administrator.", name=name),
        "error",
    )
    return _to("/login")


def _to(path: str) -> Response:
    return redirect(path if is_own_path(path) else "/")  # type: ignore[return-value]  # Werkzeug's own class


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
