"""``/api/v1/account/ssh-keys``: the keys by which one is let into the sandboxes of one's apps."""

from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema, fields, validate

from allgo_hpc.models import SshKey
from allgo_hpc.ssh_keys import LONGEST_KEY, add_key, list_keys, revoke_key
from allgo_hpc.times import stamp
from web.api.groups import KEYS
from web.auth import current_user, needs
from web.checks import json_or_form, load_body
from web.context import get_session


class NewKey(Schema):
    """A key that is wanted."""

    key = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_KEY),
        metadata={"description": "The line of the `.pub` file: kind, key in base64, comment."},
    )
    name = fields.String(
        load_default="",
        validate=validate.Length(max=64),
        metadata={"description": "What you call it; without it the key's comment."},
    )


class KeyEntry(Schema):
    """A public key."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)
    type = fields.String(required=True)
    bits = fields.Integer(required=True)
    fingerprint = fields.String(required=True, metadata={"description": "As `ssh-keygen -l` shows it."})
    created_at = fields.DateTime(required=True)


class KeyList(Schema):
    """One's keys."""

    keys = fields.List(fields.Nested(KeyEntry), required=True)


@KEYS.operation(
    "/api/v1/account/ssh-keys",
    method="POST",
    auth=needs("apps:write"),
    body=json_or_form(NewKey, required=True),
    answers={201: KeyEntry},
    errors=(400, 409),
    links={"key_id": ("delete_key",)},
)
def post_key() -> tuple[Response, int]:
    """Add a public key: RSA of 3072 bits or more, Ed25519, ECDSA, or one of a FIDO device. One may have twenty."""
    sent = load_body(request, NewKey())
    return jsonify(_entry(add_key(get_session(), current_user(), sent["key"], name=sent["name"]))), 201


@KEYS.operation("/api/v1/account/ssh-keys", auth=needs("apps:write"), answers={200: KeyList})
def get_keys() -> Response:
    """List one's keys."""
    return jsonify({"keys": [_entry(key) for key in list_keys(get_session(), current_user())]})


@KEYS.operation(
    "/api/v1/account/ssh-keys/<key_id>",
    method="DELETE",
    auth=needs("apps:write"),
    answers={204: {"description": "Revoked."}},
)
def delete_key(key_id: str) -> tuple[str, int]:
    """Revoke a key: it lets nobody in any more."""
    revoke_key(get_session(), current_user(), key_id)
    return "", 204


def _entry(key: SshKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "type": key.type,
        "bits": key.bits,
        "fingerprint": key.fingerprint,
        "created_at": stamp(key.created_at),
    }
