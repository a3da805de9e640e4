"""``/api/v1/apps/<name>/versions`` over HTTP: what users see, what authors do."""

from datetime import timedelta
from typing import Any

import pytest

from allgo_hpc.models import Version, utc_now
from tests.fast.domain.world import add_version
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import Portal, assert_refused
from tests.fast.web.test_authoring import author

VERSIONS = "/api/v1/apps/textstats/versions"


def _numbers(portal: Portal, query: str = "", headers: Any = None) -> list[int]:
    answer = portal.get(VERSIONS + query, headers=headers or portal.auth)
    assert answer.status_code == 200, answer.text
    return [one["number"] for one in answer.get_json()["versions"]]


def _patch(portal: Portal, number: int, **sent: Any) -> Any:
    return portal.client.patch(f"{VERSIONS}/{number}", json=sent, headers=author(portal))


def _job(portal: Portal, version: str = "") -> Any:
    parts = [forms.APP, *([forms.field("job[version]", version)] if version else [])]
    return portal.post(forms.body(*parts))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_publish_choose_delete_and_restore(make_portal: MakePortal, kind: str) -> None:
    portal = make_portal(kind)
    add_version(portal.world.session, portal.world.app, 2, published=False)
    assert (_numbers(portal), _numbers(portal, headers=author(portal))) == ([1], [2, 1])
    assert_refused(portal.get(f"{VERSIONS}/2"), 404, code="unknown_version", field="number")
    told = _patch(portal, 2, published=True, changelog="Better").get_json()
    assert (told["published"], told["default"], told["changelog"]) == (True, True, "Better")
    assert _numbers(portal) == [2, 1]
    assert _patch(portal, 1, default=True).get_json()["default"] is True
    assert portal.job(_job(portal).get_json()["id"]).version.number == 1
    assert portal.job(_job(portal, "2").get_json()["id"]).version.number == 2
    assert portal.get("/api/v1/apps/textstats", headers=author(portal)).get_json()["authoring"]["default_version"] == 1
    answer = portal.client.delete(f"{VERSIONS}/1", headers=author(portal))
    assert_refused(answer, 409, code="version_is_default", field="version")
    assert_refused(_patch(portal, 1, published=False), 409, code="version_is_default", field="version")
    for _ in range(2):
        answer = portal.client.delete(f"{VERSIONS}/2", headers=author(portal))
        assert answer.status_code == 200
        assert answer.get_json()["restorable_until"] > answer.get_json()["deleted_at"]
    assert (_numbers(portal), _numbers(portal, "?deleted=true")) == ([1], [1])
    assert _numbers(portal, "?deleted=true", author(portal)) == [2, 1]
    assert _numbers(portal, headers=author(portal)) == [1]
    assert_refused(_job(portal, "2"), 400, code="unknown_version", field="job[version]")
    assert_refused(_patch(portal, 2, published=True), 409, code="version_deleted", field="version")
    image = portal.world.services.layout.image("textstats", f"{2:064x}")
    assert_refused(
        portal.client.post(f"{VERSIONS}/2/restore", headers=author(portal)), 410, code="version_gone", field="version"
    )
    image.parent.mkdir(exist_ok=True)
    image.write_bytes(b"x")
    answer = portal.client.post(f"{VERSIONS}/2/restore", headers=author(portal))
    assert (answer.status_code, answer.get_json()["deleted_at"]) == (200, None)
    assert _job(portal, "2").status_code == 200


def test_all_of_a_version_is_for_its_owner_the_recipe_only(portal: Portal) -> None:
    version = portal.world.version
    version.recipe, version.packages, version.signed = "From: debian", [{"name": "bash", "version": "5.2"}], True
    portal.world.session.commit()
    told = portal.client.get(f"{VERSIONS}/1").get_json()
    assert (told["recipe"], told["packages"], told["signed"]) == (None, [{"name": "bash", "version": "5.2"}], True)
    assert (told["entrypoint"], told["origin"], told["sha256"]) == ("/home/allgo/entrypoint", "folder", f"{1:064x}")
    assert portal.get(f"{VERSIONS}/1", headers=author(portal)).get_json()["recipe"] == "From: debian"


def test_two_are_compared(portal: Portal) -> None:
    session = portal.world.session
    second = add_version(session, portal.world.app, 2)
    told = portal.client.get(f"{VERSIONS}/1/compare?to=2").get_json()
    assert told == {"old": 1, "new": 2, "same_image": False, "size": 0, "packages": None, "files": None}
    portal.world.version.packages, second.packages = [], [{"name": "bash", "version": "5.2"}]
    session.commit()
    told = portal.client.get(f"{VERSIONS}/1/compare?to=2").get_json()
    assert told["packages"] == [{"name": "bash", "old": None, "new": "5.2"}]
    assert_refused(portal.client.get(f"{VERSIONS}/1/compare?to=2&files=true"), 403, code="not_allowed", field="files")
    told = portal.get(f"{VERSIONS}/1/compare?to=2&files=true", headers=author(portal)).get_json()
    assert told["files"] is None, "the images of this test cannot be looked at"
    assert_refused(portal.client.get(f"{VERSIONS}/1/compare?to=3"), 404, code="unknown_version", field="to")
    assert_refused(portal.client.get(f"{VERSIONS}/1/compare"), 400, code="bad_input", field="to")


@pytest.mark.parametrize("number", ["0", "3", "x", "-1", "01a", "9999999999", "\u0661", "%00", "1.0", "%0a"])
def test_what_is_no_version(portal: Portal, number: str) -> None:
    path = f"{VERSIONS}/{number}"
    for answer in (
        portal.client.get(path),
        portal.client.patch(path, json={}, headers=author(portal)),
        portal.client.delete(path, headers=author(portal)),
        portal.client.post(f"{path}/restore", headers=author(portal)),
    ):
        assert_refused(answer, 404, code="unknown_version", field="number")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"published": "true"}, "published"), ({"published": None}, "published"), ({"default": 1}, "default"),
        ({"changelog": 5}, "changelog"), ({"changelog": "a\0"}, "changelog"),
        ({"x": 1}, "x"), ({"sha256": ""}, "sha256"),
    ],
)  # fmt: skip
def test_a_wrong_change_is_refused_by_field(portal: Portal, body: dict[str, Any], field: str) -> None:
    assert_refused(_patch(portal, 1, **body), 400, code="bad_input", field=field)
    assert portal.client.get(f"{VERSIONS}/1").get_json()["published"] is True


def test_a_version_that_was_purged_is_listed_and_stays_away(portal: Portal) -> None:
    version = portal.world.session.get_one(Version, portal.world.version.id)
    version.deleted_at, version.purged_at = utc_now() - timedelta(days=40), utc_now()
    portal.world.session.commit()
    told = portal.get(f"{VERSIONS}/1", headers=author(portal)).get_json()
    assert told["deleted_at"] is not None
    assert told["restorable_until"] is None
