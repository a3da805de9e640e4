"""``/api/v1/account/ssh-keys``: several of each user's own, added and revoked."""

from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.models import SshKey
from allgo_hpc.sandboxes.keys import line_of
from allgo_hpc.tokens import new_token
from tests.fast import ssh_keys as keys
from tests.fast.ssh_keys import line
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused

KEYS = "/api/v1/account/ssh-keys"


def _post(portal: Portal, key: str = keys.ED25519, **more: Any) -> Any:
    headers = more.pop("headers", portal.auth)
    return portal.client.post(KEYS, json={"key": key, **more}, headers=headers)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_added_listed_and_revoked(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    made = [_post(portal, text).get_json() for text, _, _ in keys.REAL]
    assert [(one["bits"], one["fingerprint"]) for one in made] == [(bits, mark) for _, bits, mark in keys.REAL]
    assert [one["name"] for one in made][:2] == ["ada@laptop", "ssh-rsa"]
    assert portal.get(KEYS).get_json() == {"keys": made}
    row = portal.world.session.scalars(select(SshKey)).first()
    assert row is not None
    assert line_of(row) == " ".join(keys.ED25519.split()[:2])
    assert portal.client.delete(f"{KEYS}/{made[0]['id']}", headers=portal.auth).status_code == 204
    assert portal.get(KEYS).get_json() == {"keys": made[1:]}
    answer = portal.client.delete(f"{KEYS}/{made[0]['id']}", headers=portal.auth)
    assert_refused(answer, 404, code="unknown_key", field="key_id")
    assert _post(portal, name="again").get_json()["name"] == "again"


def test_a_form_does_as_well(portal: Portal) -> None:
    answer = portal.client.post(KEYS, data={"key": keys.ED25519 + "\n"}, headers=portal.auth)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"key": "ssh-ed25519 AAAA"}, "bad_key", "key"), ({"key": keys.RSA_2048}, "bad_key", "key"),
        ({"key": ""}, "bad_input", "key"), ({}, "bad_input", "key"), ({"key": 5}, "bad_input", "key"),
        ({"key": keys.ED25519, "name": "a\nb"}, "bad_input", "name"),
        ({"key": keys.ED25519, "name": "x" * 65}, "bad_input", "name"),
        ({"key": keys.ED25519, "x": 1}, "bad_input", "x"),
    ],
)  # fmt: skip
def test_what_is_refused(portal: Portal, body: dict[str, Any], code: str, field: str) -> None:
    assert_refused(portal.client.post(KEYS, json=body, headers=portal.auth), 400, code=code, field=field)
    assert portal.get(KEYS).get_json() == {"keys": []}


def test_each_once_and_twenty_of_them(portal: Portal) -> None:
    assert _post(portal).status_code == 201
    other = " ".join(keys.ED25519.split()[:2]) + " another comment"
    assert "as 'ada@laptop'" in assert_refused(_post(portal, other), 409, code="key_taken", field="key")
    for number in range(19):
        assert _post(portal, line("ssh-ed25519", bytes([number]) * 32)).status_code == 201
    assert_refused(_post(portal, line("ssh-ed25519", b"\xff" * 32)), 409, code="too_many_keys", field="key")
    eve = portal.auth_of(portal.token_of(add_user(portal.world.session, name="eve", email="eve@example.org")))
    assert _post(portal, headers=eve).status_code == 201, "another user may have the same key"


def test_anothers_is_not_there(portal: Portal) -> None:
    number = _post(portal).get_json()["id"]
    other = portal.auth_of(portal.token_of(portal.world.app.owner))
    for wanted in (number, "0", "x", "-1", "9999999999", "%00", "\u0661"):
        answer = portal.client.delete(f"{KEYS}/{wanted}", headers=other)
        assert_refused(answer, 404, code="unknown_key", field="key_id")
    assert portal.get(KEYS, headers=other).get_json() == {"keys": []}
    assert len(portal.get(KEYS).get_json()["keys"]) == 1


def test_each_call_wants_its_scope(portal: Portal) -> None:
    narrow = portal.auth_of(new_token(portal.world.session, portal.world.user, name="n", scopes={"jobs:write"}))
    for call in (
        {"method": "POST", "path": KEYS},
        {"method": "GET", "path": KEYS},
        {"method": "DELETE", "path": f"{KEYS}/1"},
    ):
        assert_refused(portal.client.open(**call, headers=narrow), 403, code="scope_missing", field="Authorization")
        assert_refused(portal.client.open(**call), 401, code="no_token", field="Authorization")
