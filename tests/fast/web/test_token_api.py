"""Tokens over HTTP: made, listed and revoked by a password or a token with all scopes, and by nothing less."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from allgo_hpc.accounts import set_password
from allgo_hpc.tokens import SCOPES, new_token
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused
from tests.hostile import CONTROLS

TOKENS = "/api/v1/tokens"
PASSWORD = "correct horse"
TOMORROW = "2126-01-02T03:04:05+02:00"


@pytest.fixture
def portal(make_portal: MakePortal) -> Portal:
    made = make_portal()
    set_password(made.world.session, made.world.user, PASSWORD)
    return made


def _make(portal: Portal, headers: dict[str, str] | None = None, **wanted: Any) -> dict[str, Any]:
    answer = portal.client.post(TOKENS, json=wanted, headers=headers or portal.auth)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def _list(portal: Portal) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = portal.get(TOKENS).get_json()["tokens"]
    return told


@pytest.mark.parametrize("form", [True, False])
def test_json_and_form_say_the_same(portal: Portal, *, form: bool) -> None:
    wanted = {"name": "notebook", "expires_at": TOMORROW}
    if form:
        sent: dict[str, Any] = {"data": wanted | {"scopes": "jobs:write  jobs:read"}}
    else:
        sent = {"json": wanted | {"scopes": ["jobs:write", "jobs:read"]}}
    told = portal.client.post(TOKENS, headers=portal.auth, **sent).get_json()
    assert (told["name"], told["user"], told["scopes"]) == ("notebook", "ada", ["jobs:read", "jobs:write"])
    assert told["expires_at"] == "2126-01-02T01:04:05.000Z"
    assert told["last_used_at"] is None
    assert len(told["token"]) == 40


def test_the_list_shows_everything_but_the_secret(portal: Portal) -> None:
    made = _make(portal, name="notebook", scopes=["jobs:read"])
    entry = next(one for one in _list(portal) if one["id"] == made["id"])
    assert entry == {key: value for key, value in made.items() if key not in {"token", "user"}}
    assert made["token"] not in portal.get(TOKENS).text


@pytest.mark.parametrize("scheme", ["Token token={}", 'Token token="{}"', "Bearer {}", "bearer {}"])
def test_by_both_ways_to_send_a_token(portal: Portal, scheme: str) -> None:
    headers = {"Authorization": scheme.format(portal.token)}
    made = _make(portal, headers, name="n")
    assert portal.get(TOKENS, headers=headers).status_code == 200
    assert portal.client.delete(f"{TOKENS}/{made['id']}", headers=headers).status_code == 204


def test_by_a_password(portal: Portal) -> None:
    made = portal.client.post(TOKENS, json={"name": "n"}, auth=("ada", PASSWORD)).get_json()
    assert portal.client.get(TOKENS, auth=("ada", PASSWORD)).status_code == 200
    assert portal.client.delete(f"{TOKENS}/{made['id']}", auth=("ada", PASSWORD)).status_code == 204


@pytest.mark.parametrize("scopes", [["jobs:read"], ["jobs:read", "jobs:write"], ["apps:write"]])
def test_a_token_with_less_than_all_scopes_manages_none(portal: Portal, scopes: list[str]) -> None:
    less = portal.auth_of(_make(portal, name="less", scopes=scopes)["token"])
    for answer in (
        portal.client.post(TOKENS, json={"name": "n"}, headers=less),
        portal.client.get(TOKENS, headers=less),
        portal.client.delete(f"{TOKENS}/1", headers=less),
    ):
        assert_refused(answer, 403, code="scope_missing", field="Authorization")


@pytest.mark.parametrize(
    ("scopes", "statuses"), [(["jobs:read"], (200, 403)), (["jobs:write"], (403, 200)), (["apps:write"], (403, 403))]
)
def test_scopes_are_checked_at_each_call(portal: Portal, scopes: list[str], statuses: tuple[int, int]) -> None:
    headers = portal.auth_of(_make(portal, name="n", scopes=scopes)["token"])
    form = {"job[webapp_name]": "textstats"}
    assert portal.get(JOBS, headers=headers).status_code == statuses[0]
    assert portal.client.post(JOBS, data=form, headers=headers).status_code == statuses[1]


def test_one_that_ends_hands_on_its_end(portal: Portal) -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    secret = new_token(portal.world.session, portal.world.user, name="short", expires_at=end)
    child = _make(portal, portal.auth_of(secret), name="child", expires_at=TOMORROW)
    assert datetime.fromisoformat(child["expires_at"]) <= end


def test_revoked_it_is_refused_from_the_next_request_on(portal: Portal) -> None:
    made = _make(portal, name="n")
    headers = portal.auth_of(made["token"])
    assert portal.get(JOBS, headers=headers).status_code == 200
    assert portal.client.delete(f"{TOKENS}/{made['id']}", headers=portal.auth).status_code == 204
    assert_refused(portal.get(JOBS, headers=headers), 401, code="wrong_token", field="Authorization")
    assert made["id"] not in [one["id"] for one in _list(portal)]


def test_one_can_revoke_itself(portal: Portal) -> None:
    number = _list(portal)[0]["id"]
    assert portal.client.delete(f"{TOKENS}/{number}", headers=portal.auth).status_code == 204
    assert_refused(portal.get(TOKENS), 401, code="wrong_token", field="Authorization")


@pytest.mark.parametrize("wanted", ["0", "-1", "x", "1.0", "9" * 9, "9" * 30, "%00", "²", "{other}"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_one_that_is_not_ones_own_is_not_found(make_portal: MakePortal, kind: str, wanted: str) -> None:
    portal = make_portal(kind)
    secret = portal.token_of(portal.world.app.owner)
    other = portal.get(TOKENS, headers=portal.auth_of(secret)).get_json()["tokens"][0]["id"]
    answer = portal.client.delete(f"{TOKENS}/{wanted.format(other=other)}", headers=portal.auth)
    assert_refused(answer, 404, code="unknown_token", field="token_id")
    assert portal.get(TOKENS, headers=portal.auth_of(secret)).status_code == 200


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"), ({"name": None}, "name"), ({"name": 7}, "name"), ({"name": "x" * 65}, "name"),
    *(({"name": text}, "name") for text in CONTROLS),
    ({"scopes": []}, "scopes"), ({"scopes": ["jobs:reed"]}, "scopes"), ({"scopes": "jobs:reed"}, "scopes"),
    ({"scopes": [1]}, "scopes"), ({"scopes": {"jobs:read": 1}}, "scopes"), ({"scopes": ""}, "scopes"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"), ({"expires_at": "2126-01-01T00:00:00"}, "expires_at"),
    ({"expires_at": "tomorrow"}, "expires_at"), ({"expires_at": 7}, "expires_at"),
    ({"expires_at": "9999-12-31T23:59:59-23:59"}, "expires_at"),
    ({"expires_at": "0001-01-01T00:00:00+23:59"}, "expires_at"),
    ({"nam": "n"}, "nam"), ({"scope": "jobs:read"}, "scope"),
]  # fmt: skip


@pytest.mark.parametrize(("sent", "field"), BAD, ids=ascii)
def test_what_may_not_be_names_its_field_and_makes_none(portal: Portal, sent: dict[str, Any], field: str) -> None:
    before = _list(portal)
    assert_refused(portal.client.post(TOKENS, json=sent, headers=portal.auth), 400, code="bad_input", field=field)
    assert len(_list(portal)) == len(before)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b'"x"', b"\xff", b"[" * 60_000, b" " * 70_000])
def test_a_body_that_cannot_be_read(portal: Portal, body: bytes) -> None:
    answer = portal.client.post(TOKENS, data=body, content_type="application/json", headers=portal.auth)
    assert_refused(answer, 400, code="bad_form")


def test_without_a_body_it_may_do_everything(portal: Portal) -> None:
    told = portal.client.post(TOKENS, headers=portal.auth).get_json()
    assert (told["scopes"], told["expires_at"]) == (list(SCOPES), None)


def test_only_passwords_are_counted(portal: Portal) -> None:
    for _ in range(30):
        assert portal.get(TOKENS).status_code == 200
        assert portal.client.post(TOKENS, json={"name": "n"}, headers=portal.auth).status_code == 201
        assert portal.get(TOKENS, headers=portal.auth_of("0" * 40)).status_code == 401
    for _ in range(20):
        assert portal.client.get(TOKENS, auth=("ada", "wrong password")).status_code == 401
    answer = portal.client.get(TOKENS, auth=("ada", PASSWORD))
    assert json.loads(answer.data)["code"] == "http_429"
    assert portal.get(TOKENS).status_code == 200
