"""An OpenID Connect provider on loopback, made with Authlib: codes, PKCE, signed tokens. A test may make it lie."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "portal", "portal-secret"


@dataclass
class Provider:
    """What it says.

    Attributes:
        person: claims of whoever signs in there.
        lies: claims of the ID token that are not what they should be.
        metadata: what its discovery document has instead.
        asked: the paths that were asked for.
    """

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    foreign_key: bool = False
    asked: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, Any]:
        """What the portal has to know."""
        return {"oidc_issuer": self.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_name": "Uni"}

    def sign_in(self, address: str) -> str:
        """Be the browser at the provider: follow the portal's redirection there; returns where it sends back to."""
        answer = requests.get(address, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])


class _Client(ClientMixin):  # type: ignore[misc]
    client_id = CLIENT

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def check_redirect_uri(self, uri: str) -> bool:
        return urlsplit(uri).path == "/login/oidc/back"

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"

    def get_allowed_scope(self, scope: str) -> str:
        return scope


@dataclass
class _Code:
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@contextmanager
def provider(**person: Any) -> Iterator[Provider]:
    """Serve until the end."""
    made = Provider(person={"sub": "42", "email": "eve@example.org", "email_verified": True} | person)
    server = make_server("127.0.0.1", 0, _application(made), threaded=True)
    made.issuer = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join()


def _application(made: Provider) -> Flask:  # noqa: C901  # a view each
    app = Flask("provider")
    key, other = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
    codes: dict[str, _Code] = {}

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, asked: Any) -> None:
            told = {name: values[0] for name, values in parse_qs(urlsplit(asked.uri).query).items()}
            codes[code] = _Code(
                told["redirect_uri"], told["scope"], told["nonce"], told["code_challenge"],
                told["code_challenge_method"],
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Any) -> _Code | None:  # noqa: ARG002
            return codes.get(code)

        def delete_authorization_code(self, code: _Code) -> None:
            for name in [name for name, each in codes.items() if each is code]:
                del codes[name]

        def authenticate_user(self, code: _Code) -> dict[str, Any]:
            return {"nonce": code.nonce}

    def save_token(token: dict[str, Any], asked: Any) -> None:
        now = int(time.time())
        claims = {"iss": made.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked.user["nonce"]}
        claims |= made.person | made.lies
        signer: Any = OctKey.import_key(SECRET * 4) if made.algorithm == "HS256" else other if made.foreign_key else key
        token["id_token"] = jwt.encode({"alg": made.algorithm}, claims, signer, algorithms=[made.algorithm])

    server = AuthorizationServer(
        app, query_client=lambda name: _Client() if name == CLIENT else None, save_token=save_token
    )
    server.register_grant(Grant, [CodeChallenge(required=True)])

    @app.before_request
    def note() -> None:
        made.asked.append(request.path)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        names = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        told = {f"{name}_endpoint": f"{made.issuer}/{path}" for name, path in names.items()}
        told |= {"issuer": made.issuer, "jwks_uri": f"{made.issuer}/keys"}
        told |= {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
        return jsonify(told | made.metadata)

    @app.get("/keys")
    def keys() -> Response:
        return jsonify({"keys": [key.as_dict(private=False)]})

    @app.get("/authorize")
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=made.person)
        return server.create_authorization_response(grant=grant, grant_user=made.person)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app
