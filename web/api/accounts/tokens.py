"""``/api/v1/tokens``: make, list and revoke one's tokens."""

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, pre_load, validate

from allgo_hpc.errors import NotFound
from allgo_hpc.models import Token
from allgo_hpc.times import stamp
from allgo_hpc.tokens import SCOPES, list_tokens, make_token, revoke_token
from web.address import client_address
from web.api.groups import TOKENS
from web.auth import OWN_ACCOUNT, current_access, current_user
from web.checks import json_or_form, load_body
from web.context import get_session
from web.limits import SIGN_IN, limiter
from web.moments import Moment

_ID_DIGITS = 9


class NewToken(Schema):
    """A token that is wanted."""

    name = fields.String(load_default="made by the API", validate=validate.Length(1, 64))
    scopes = fields.List(
        fields.String(validate=validate.OneOf(list(SCOPES))),
        load_default=list(SCOPES),
        metadata={"description": "What it may do; in a form: words separated by spaces. Without it: everything."},
    )
    expires_at = Moment(
        load_default=None, allow_none=True, metadata={"description": "When it ends (RFC 3339); without it: never."}
    )

    @pre_load
    def _words(self, sent: dict[str, Any], **_: object) -> dict[str, Any]:
        if isinstance(sent.get("scopes"), str):
            return sent | {"scopes": sent["scopes"].split()}
        return sent


class TokenEntry(Schema):
    """A token; its secret is shown once, when it is made."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True, allow_none=True)
    last_used_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "To the minute."})


class MadeToken(TokenEntry):
    """A new token."""

    token = fields.String(required=True, metadata={"description": "The secret. It cannot be shown again."})
    user = fields.String(required=True)


class TokenList(Schema):
    """One's tokens."""

    tokens = fields.List(fields.Nested(TokenEntry), required=True)


@TOKENS.operation(
    "/api/v1/tokens",
    method="POST",
    auth=OWN_ACCOUNT,
    body=json_or_form(NewToken),
    answers={201: MadeToken},
    errors=(400, 429),
    links={"token_id": ("delete_token",)},
)
def post_token() -> tuple[Response, int]:
    """Make a token; the secret is shown this once."""
    sent = load_body(request, NewToken())
    access = current_access()
    token, secret = make_token(get_session(), access, address=client_address(), **sent)
    answer = jsonify(_entry(token) | {"token": secret, "user": access.user.name})
    answer.headers["Cache-Control"] = "no-store"
    return answer, 201


@TOKENS.operation("/api/v1/tokens", auth=OWN_ACCOUNT, answers={200: TokenList}, errors=(429,))
def get_tokens() -> Response:
    """List one's tokens, without their secrets."""
    return jsonify({"tokens": [_entry(token) for token in list_tokens(get_session(), current_user())]})


@TOKENS.operation(
    "/api/v1/tokens/<token_id>",
    method="DELETE",
    auth=OWN_ACCOUNT,
    answers={204: {"description": "Revoked."}},
    errors=(429,),
)
def delete_token(token_id: str) -> tuple[str, int]:
    """Revoke a token: it is not valid from the next request on."""
    if not (token_id.isascii() and token_id.isdigit() and len(token_id) <= _ID_DIGITS):
        raise NotFound("there is no such token of yours", field="token_id", code="unknown_token")
    revoke_token(get_session(), current_user(), int(token_id), address=client_address())
    return "", 204


# Whoever guesses passwords does it here.
limiter.limit(SIGN_IN, exempt_when=lambda: request.authorization is None or request.authorization.type != "basic")(
    TOKENS.blueprint
)


def _entry(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": token.scopes.split(),
        "created_at": stamp(token.created_at),
        "expires_at": stamp(token.expires_at),
        "last_used_at": stamp(token.last_used_at),
    }
