"""``POST`` and ``PATCH /api/v1/apps``, history and icons over HTTP."""

from typing import Any

import pytest

from allgo_hpc.accounts import add_user
from allgo_hpc.models import App
from allgo_hpc.tokens import new_token
from tests.fast.pictures import jpeg, png
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused

APPS = "/api/v1/apps"
OWN = f"{APPS}/textstats"


def author(portal: Portal) -> dict[str, str]:
    return portal.auth_of(portal.token_of(portal.world.app.owner))


def _post(portal: Portal, **sent: Any) -> Any:
    return portal.client.post(APPS, json=sent, headers=author(portal))


def _patch(portal: Portal, **sent: Any) -> Any:
    return portal.client.patch(OWN, json=sent, headers=author(portal))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_app_is_made_and_its_author_sees_it(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    answer = _post(portal, name="filter", title="Filter", tags=["Image"], memory_mb=64, input_max_bytes=100)
    assert answer.status_code == 201, answer.text
    made = answer.get_json()
    assert (made["name"], made["title"], made["tags"], made["public"]) == ("filter", "Filter", ["image"], False)
    assert (made["owner"], made["versions"], made["icon"]) == ("author", [], None)
    assert made["resources"] == {"cpus": 1, "gpus": 0, "memory_mb": 64, "network": False}
    assert made["quota"]["input_bytes"] == 100
    assert (made["authoring"]["base"], made["authoring"]["default_version"]) == ("debian-13", None)
    headers = author(portal)
    assert portal.get(f"{APPS}/filter", headers=headers).get_json() == made
    listed = portal.get(APPS, query_string={"mine": True}, headers=headers).get_json()["apps"]
    assert [app["name"] for app in listed] == ["filter", "textstats"]
    assert [app["name"] for app in portal.get(APPS, headers=headers).get_json()["apps"]] == ["textstats"]
    assert_refused(portal.get(f"{APPS}/filter"), 404, code="unknown_app", field="app_name")
    assert_refused(portal.client.get(f"{APPS}?mine=true"), 401, code="no_token", field="Authorization")


def test_what_users_see_of_an_app_is_not_its_authors_part(portal: Portal) -> None:
    assert portal.get(OWN).get_json()["authoring"] is None
    assert portal.get(OWN, headers=author(portal)).get_json()["authoring"]["base"] == "debian-13"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "bad_input", "name"), ({"name": 5}, "bad_input", "name"), ({"name": "../x"}, "bad_input", "name"),
        ({"name": "root"}, "bad_input", "name"), ({"name": "a", "title": 5}, "bad_input", "title"),
        ({"name": "a", "cpus": "2"}, "bad_input", "cpus"), ({"name": "a", "gpus": 1}, "bad_input", "gpus"),
        ({"name": "a", "x": 1}, "bad_input", "x"), ({"name": "a\0"}, "bad_input", "name"),
    ],
)  # fmt: skip
def test_a_wrong_app_is_refused_by_field(portal: Portal, body: dict[str, Any], code: str, field: str) -> None:
    answer = portal.client.post(APPS, json=body, headers=author(portal))
    assert_refused(answer, 400, code=code, field=field)
    assert portal.world.session.query(App).count() == 1


@pytest.mark.parametrize(
    "data", [b"", b"x", b"[]", b"5", b'{"name": NaN}', b"\xff", b"[" * 100_000, b'"' + b"x" * 5_000_000]
)
def test_a_body_that_is_no_object_is_refused(portal: Portal, data: bytes) -> None:
    for method, path in (("POST", APPS), ("PATCH", OWN)):
        answer = portal.client.open(
            path, method=method, data=data, content_type="application/json", headers=author(portal)
        )
        assert_refused(answer, 400, code="bad_form")


def test_a_taken_name_is_told(portal: Portal) -> None:
    assert_refused(_post(portal, name="textstats"), 409, code="name_taken", field="name")


def test_only_authors_may(portal: Portal) -> None:
    answer = portal.client.post(APPS, json={"name": "filter"}, headers=portal.auth)
    assert_refused(answer, 403, code="no_author")


CALLS = [
    ("POST", APPS), ("PATCH", OWN), ("GET", f"{OWN}/history"), ("PUT", f"{OWN}/icon"), ("DELETE", f"{OWN}/icon"),
    ("PATCH", f"{OWN}/versions/1"), ("DELETE", f"{OWN}/versions/1"), ("POST", f"{OWN}/versions/1/restore"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_each_call_wants_its_scope_and_the_owner(portal: Portal, method: str, path: str) -> None:
    session, owner = portal.world.session, portal.world.app.owner
    call: dict[str, Any] = {"path": path, "method": method, "json": {}}
    narrow = portal.auth_of(new_token(session, owner, name="n", scopes={"jobs:read", "jobs:write"}))
    assert_refused(portal.client.open(**call, headers=narrow), 403, code="scope_missing", field="Authorization")
    assert_refused(portal.client.open(**call), 401, code="no_token", field="Authorization")
    other = portal.auth_of(portal.token_of(add_user(session, name="eve", email="eve@example.org", role="author")))
    if path != APPS:
        assert_refused(portal.client.open(**call, headers=other), 404, code="unknown_app", field="app_name")


def test_a_change_is_answered_and_told_by_the_history(portal: Portal) -> None:
    answer = _patch(portal, title="Words", network=True, tags=["Text"], description="<script>alert(1)</script>")
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    assert (told["title"], told["resources"]["network"], told["tags"]) == ("Words", True, ["text"])
    history = portal.get(f"{OWN}/history", headers=author(portal)).get_json()
    assert history["next"] is None
    told = {one["what"]: (one["old"], one["new"], one["user"]) for one in history["changes"]}
    assert told == {
        "title": ("textstats", "Words", "author"), "network": (False, True, "author"),
        "tags": (None, ["text"], "author"), "description": ("", "<script>alert(1)</script>", "author"),
    }  # fmt: skip
    assert history["changes"][0]["at"].endswith("Z")


def test_the_history_comes_in_pages(portal: Portal) -> None:
    for number in range(5):
        _patch(portal, title=f"title {number}")
    path, found = f"{OWN}/history?limit=2", []
    while path:
        page = portal.get(path, headers=author(portal)).get_json()
        found += [one["new"] for one in page["changes"]]
        path = (page["next"] or "").removeprefix("http://localhost")
    assert found == [f"title {number}" for number in (4, 3, 2, 1, 0)]


def test_a_wrong_change_is_refused_by_field(portal: Portal) -> None:
    assert_refused(_patch(portal, title="Other", memory_mb=1), 400, code="bad_input", field="memory_mb")
    assert portal.get(OWN).get_json()["title"] == "textstats"


def test_an_administrator_may_change_any(portal: Portal) -> None:
    root = add_user(portal.world.session, name="boss", email="boss@example.org", role="admin")
    answer = portal.client.patch(OWN, json={"public": False}, headers=portal.auth_of(portal.token_of(root)))
    assert answer.status_code == 200
    assert_refused(portal.get(OWN), 404, code="unknown_app", field="app_name")


def _put(portal: Portal, data: bytes, **more: Any) -> Any:
    return portal.client.put(f"{OWN}/icon", data=data, headers=author(portal), **more)


def test_an_icon_is_sent_as_what_it_is(portal: Portal) -> None:
    assert_refused(portal.get(f"{OWN}/icon"), 404, code="no_icon", field="app_name")
    assert _put(portal, png(), content_type="text/html").status_code == 204
    address = portal.client.get(OWN).get_json()["icon"].removeprefix("http://localhost")
    answer = portal.client.get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", png())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    unchanged = portal.client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert _put(portal, jpeg(), content_type="image/png").status_code == 204
    assert portal.client.get(f"{OWN}/icon").mimetype == "image/jpeg"
    assert portal.client.get(OWN).get_json()["icon"] != address
    for _ in range(2):
        assert portal.client.delete(f"{OWN}/icon", headers=author(portal)).status_code == 204
    assert portal.client.get(OWN).get_json()["icon"] is None


def test_what_is_no_icon_is_refused(portal: Portal) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    for data in (b"", svg, b"GIF89a"):
        assert_refused(_put(portal, data, content_type="image/png"), 400, code="bad_input", field="icon")
    assert_refused(_put(portal, png() + bytes(300_000)), 413, code="too_large", field="icon")


def test_a_private_apps_icon_is_private(portal: Portal) -> None:
    _put(portal, png())
    _patch(portal, public=False)
    assert_refused(portal.client.get(f"{OWN}/icon"), 404, code="unknown_app", field="app_name")
    assert portal.get(f"{OWN}/icon", headers=author(portal)).status_code == 200
