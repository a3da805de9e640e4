"""``/api/v1/webhooks``: who may make, see and delete them, what is refused, and the log of deliveries."""

import base64
from typing import Any

import pytest
from sqlalchemy import select

from allgo_hpc.accounts import add_user
from allgo_hpc.models import Webhook, WebhookDelivery, utc_now
from allgo_hpc.tokens import new_token
from allgo_hpc.webhooks.enqueue import enqueue
from allgo_hpc.webhooks.sending import Outcome
from allgo_hpc.webhooks.turns import record
from tests import hostile
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused

WEBHOOKS = "/api/v1/webhooks"
URL = "https://hooks.example.org/allgo?key=1"


def _make(portal: Portal, url: str = URL, **more: Any) -> dict[str, Any]:
    answer = portal.client.post(WEBHOOKS, json={"url": url}, headers=more.get("headers", portal.auth))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.get_json()
    return made


def _log(portal: Portal, number: int, **query: Any) -> dict[str, Any]:
    answer = portal.get(f"{WEBHOOKS}/{number}/deliveries", query_string=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def _act(portal: Portal, path: str, headers: dict[str, str] | None = None) -> Any:
    return portal.client.post(f"{WEBHOOKS}/{path}", headers=headers or portal.auth)


def _eve(portal: Portal) -> dict[str, str]:
    eve = add_user(portal.world.session, name="eve", email="eve@example.org")
    return portal.auth_of(portal.token_of(eve))


def test_its_secret_is_shown_once(portal: Portal) -> None:
    answer = portal.client.post(WEBHOOKS, data={"url": URL}, headers=portal.auth)
    made = answer.get_json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert made.keys() == {"id", "url", "active", "created_at", "secret"}
    assert (made["url"], made["active"]) == (URL, True)
    assert len(base64.b64decode(made.pop("secret").removeprefix("whsec_"))) == 32
    assert portal.get(f"{WEBHOOKS}/{made['id']}").get_json() == made
    assert portal.get(WEBHOOKS).get_json() == {"webhooks": [made]}


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://example.org/", "http://user@example.org/", "http://example.org:0/",
        "http://example.org:99999/", "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://ex\u00e4mple.org/",
        "http://example.org/\nX: y", "", " ", "x", "http://example.org/" + "x" * 2000, "http://[::1/", *hostile.TEXTS,
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_address_is_refused(portal: Portal, url: str) -> None:
    answer = portal.client.post(WEBHOOKS, json={"url": url}, headers=portal.auth)
    assert_refused(answer, 400, code="bad_input", field="url")
    assert portal.world.session.scalars(select(Webhook)).all() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://169.254.169.254/", "http://10.0.0.1/",
        "http://localhost:8000/", "http://0.0.0.0/", "http://[64:ff9b::a00:1]/",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(portal: Portal, url: str) -> None:
    answer = portal.client.post(WEBHOOKS, json={"url": url}, headers=portal.auth)
    assert_refused(answer, 400, code="forbidden_address", field="url")


def test_the_administrators_setting_lets_it_in(make_portal: MakePortal) -> None:
    portal = make_portal(webhook_allow="127.0.0.0/8")
    assert _make(portal, "http://127.0.0.1:8000/hook")["active"]
    answer = portal.client.post(WEBHOOKS, json={"url": "http://10.0.0.1/"}, headers=portal.auth)
    assert_refused(answer, 400, code="forbidden_address", field="url")


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "url"), ({"url": None}, "url"), ({"url": 5}, "url"), ({"url": [URL]}, "url"), ({"url": URL, "x": 1}, "x")],
)
def test_a_wrong_body_is_refused_by_field(portal: Portal, body: dict[str, Any], field: str) -> None:
    assert_refused(portal.client.post(WEBHOOKS, json=body, headers=portal.auth), 400, code="bad_input", field=field)


def test_ten_are_enough(portal: Portal) -> None:
    numbers = [_make(portal)["id"] for _ in range(10)]
    answer = portal.client.post(WEBHOOKS, json={"url": URL}, headers=portal.auth)
    assert_refused(answer, 409, code="too_many_webhooks")
    _make(portal, headers=_eve(portal))
    assert portal.client.delete(f"{WEBHOOKS}/{numbers[0]}", headers=portal.auth).status_code == 204
    _make(portal)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_anothers_is_not_there(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    number = _make(portal)["id"]
    test = _act(portal, f"{number}/test").get_json()
    eve = _eve(portal)
    admin = portal.auth_of(portal.token_of(add_user(portal.world.session, name="root", email="r@x.org", role="admin")))
    for headers in (eve, admin):
        for wanted in (number, 0, 99, "x", "-1", "999999999", "9999999999", "%00", "\u0661"):
            path = f"{WEBHOOKS}/{wanted}"
            for answer in (
                portal.get(path, headers=headers),
                portal.client.delete(path, headers=headers),
                portal.get(f"{path}/deliveries", headers=headers),
                portal.client.post(f"{path}/test", headers=headers),
                portal.client.post(f"{path}/deliveries/{test['id']}/redeliver", headers=headers),
            ):
                assert_refused(answer, 404, code="unknown_webhook", field="webhook_id")
        assert portal.get(WEBHOOKS, headers=headers).get_json() == {"webhooks": []}
    assert portal.get(f"{WEBHOOKS}/{number}").status_code == 200


CALLS = [
    ("POST", "", "jobs:write"), ("GET", "", "jobs:read"), ("GET", "/1", "jobs:read"), ("DELETE", "/1", "jobs:write"),
    ("POST", "/1/test", "jobs:write"), ("GET", "/1/deliveries", "jobs:read"),
    ("POST", "/1/deliveries/1/redeliver", "jobs:write"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "scope"), CALLS)
def test_each_call_wants_its_scope(portal: Portal, method: str, path: str, scope: str) -> None:
    others = {"jobs:read", "jobs:write", "apps:write"} - {scope}
    token = new_token(portal.world.session, portal.world.user, name="narrow", scopes=others)
    call = {"method": method, "path": WEBHOOKS + path, "json": {"url": URL} if method == "POST" else None}
    answer = portal.client.open(**call, headers=portal.auth_of(token))
    assert_refused(answer, 403, code="scope_missing", field="Authorization")
    assert_refused(portal.client.open(**call), 401, code="no_token", field="Authorization")
    enough = new_token(portal.world.session, portal.world.user, name="enough", scopes={scope})
    assert portal.client.open(**call, headers=portal.auth_of(enough)).status_code in {200, 201, 404}


def _with_events(portal: Portal, *outcomes: Outcome) -> tuple[int, int]:
    """A webhook that was told of a job; returns both numbers."""
    session = portal.world.session
    number = _make(portal)["id"]
    job = portal.submit()
    enqueue(session, utc_now())
    waiting = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
    for delivery, outcome in zip(waiting, outcomes, strict=False):
        record(session, delivery, outcome, utc_now())
    return number, job


def test_the_log_tells_what_became_of_each(portal: Portal) -> None:
    number, job = _with_events(portal, Outcome(200, ""), Outcome(None, "the connection was refused"))
    assert _act(portal, f"{number}/test").status_code == 202
    test, second, first = _log(portal, number)["deliveries"]
    assert {first["job"], second["job"]} == {job}
    assert first["event"] < second["event"]
    assert (first["type"], first["state"], first["status_code"], first["error"]) == ("job.state", "delivered", 200, "")
    assert first["delivered_at"] is not None
    assert first["next_at"] is None
    assert (second["job_state"], second["state"], second["attempts"]) == ("submitted", "waiting", 1)
    assert (second["status_code"], second["error"]) == (None, "the connection was refused")
    assert second["next_at"] > second["created_at"]
    assert (test["type"], test["event"], test["job"], test["attempts"]) == ("webhook.test", None, None, 0)


def test_the_log_comes_in_pages(portal: Portal) -> None:
    number, _ = _with_events(portal)
    _act(portal, f"{number}/test")
    first = _log(portal, number, limit=2)
    assert len(first["deliveries"]) == 2
    second = portal.get(first["next"].removeprefix("http://localhost")).get_json()
    assert second["next"] is None
    numbers = [each["id"] for each in first["deliveries"] + second["deliveries"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 3


@pytest.mark.parametrize(
    ("query", "code", "field"),
    [
        ({"cursor": "x"}, "bad_cursor", "cursor"), ({"cursor": "b-1"}, "bad_cursor", "cursor"),
        ({"cursor": "b9999999999"}, "bad_cursor", "cursor"), ({"cursor": "b\u0661"}, "bad_cursor", "cursor"),
        ({"limit": 0}, "bad_input", "limit"), ({"limit": 101}, "bad_input", "limit"), ({"x": 1}, "bad_input", "x"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(portal: Portal, query: dict[str, Any], code: str, field: str) -> None:
    number = _make(portal)["id"]
    answer = portal.get(f"{WEBHOOKS}/{number}/deliveries", query_string=query)
    assert_refused(answer, 400, code=code, field=field)


def test_sent_again(portal: Portal) -> None:
    number, job = _with_events(portal, Outcome(200, ""))
    first = _log(portal, number)["deliveries"][-1]
    answer = _act(portal, f"{number}/deliveries/{first['id']}/redeliver")
    assert answer.status_code == 202
    told = answer.get_json()
    assert (told["state"], told["attempts"], told["job"]) == ("waiting", 0, job)
    assert (told["message_id"], told["delivered_at"]) == (first["message_id"], first["delivered_at"])
    assert _log(portal, number)["deliveries"][-1] == told


@pytest.mark.parametrize("wanted", ["99", "x", "9999999999", "0"])
def test_what_was_never_sent_is_not_sent_again(portal: Portal, wanted: str) -> None:
    number = _make(portal)["id"]
    answer = _act(portal, f"{number}/deliveries/{wanted}/redeliver")
    assert_refused(answer, 404, code="unknown_delivery", field="delivery_id")


def test_one_test_at_a_time(portal: Portal) -> None:
    number = _make(portal)["id"]
    assert _act(portal, f"{number}/test").status_code == 202
    assert_refused(_act(portal, f"{number}/test"), 409, code="conflict", field="webhook_id")


def test_one_whose_receiver_is_gone_says_so(portal: Portal) -> None:
    number, _ = _with_events(portal, Outcome(410, "it answered 410"))
    assert portal.get(f"{WEBHOOKS}/{number}").get_json()["active"] is False
    entry = _log(portal, number)["deliveries"][-1]
    assert (entry["state"], entry["status_code"]) == ("given_up", 410)
    for path in (f"{number}/test", f"{number}/deliveries/{entry['id']}/redeliver"):
        assert_refused(_act(portal, path), 409, code="webhook_off", field="webhook_id")


def test_no_answer_shows_a_secret_again(portal: Portal) -> None:
    number, _ = _with_events(portal)
    secret = portal.world.session.get_one(Webhook, number).secret
    shown = [portal.get(WEBHOOKS), portal.get(f"{WEBHOOKS}/{number}"), portal.get(f"{WEBHOOKS}/{number}/deliveries")]
    assert [answer.text for answer in shown if secret in answer.text] == []


def test_the_document_has_them(portal: Portal) -> None:
    paths = portal.get("/api/v1/openapi.json").get_json()["paths"]
    assert sorted(path for path in paths if "webhooks" in path) == [
        WEBHOOKS,
        f"{WEBHOOKS}/{{webhook_id}}",
        f"{WEBHOOKS}/{{webhook_id}}/deliveries",
        f"{WEBHOOKS}/{{webhook_id}}/deliveries/{{delivery_id}}/redeliver",
        f"{WEBHOOKS}/{{webhook_id}}/test",
    ]
    assert paths[WEBHOOKS]["post"]["security"] == [{"token": []}, {"bearer": []}]
