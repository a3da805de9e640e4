"""GET /api/v1/jobs: pages that fit together, and questions that are refused rather than misread."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.fast.domain.world import add_app
from tests.fast.web import forms
from tests.fast.web.conftest import MakePortal
from tests.fast.web.portal import JOBS, Portal, assert_refused


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest, make_portal: MakePortal) -> Portal:
    return make_portal(request.param)


def _list(portal: Portal, query: str = "") -> dict[str, Any]:
    answer = portal.get(f"{JOBS}?{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.get_json()
    return told


def _ids(told: dict[str, Any]) -> list[int]:
    return [job["id"] for job in told["jobs"]]


def test_pages_follow_their_next_while_jobs_come(portal: Portal) -> None:
    made = [portal.submit() for _ in range(5)]
    told = _list(portal, "limit=2&state=submitted&state=pending")
    seen = _ids(told)
    while told["next"]:
        assert "state=submitted&state=pending" in told["next"]
        assert told["next"].startswith(f"http://localhost{JOBS}?")
        portal.submit()
        told = _list(portal, told["next"].partition("?")[2])
        seen += _ids(told)
    assert seen == made[::-1]


def test_a_job_in_a_list_is_told_as_alone_but_for_its_files(portal: Portal) -> None:
    number = portal.submit()
    alone = portal.state(number)
    (listed,) = _list(portal)["jobs"]
    assert listed == {key: value for key, value in alone.items() if key not in {str(number), "url"}}


def test_tasks_are_listed_on_demand(portal: Portal) -> None:
    batch = portal.world.batch(2)
    assert _ids(_list(portal)) == [batch.id]
    assert [job["task"] for job in _list(portal, f"parent={batch.id}")["jobs"]] == [1, 0]
    other = portal.token_of(portal.world.app.owner)
    answer = portal.get(f"{JOBS}?parent={batch.id}", headers=portal.auth_of(other))
    assert answer.get_json() == {"jobs": [], "next": None}


def test_filters(portal: Portal) -> None:
    add_app(portal.world.session, portal.world.app.owner, "other")
    plain = portal.submit()
    batch = portal.submit(forms.field("job[queue]", "batch"))
    other = portal.post(forms.body(forms.field("job[webapp_name]", "other"))).get_json()["id"]
    assert _ids(_list(portal, "queue=batch")) == [batch]
    assert _ids(_list(portal, "app=other")) == [other]
    portal.end(plain)
    assert _ids(_list(portal, "state=done")) == [plain]
    assert portal.client.delete(f"{JOBS}/{plain}", headers=portal.auth).status_code == 204
    assert _ids(_list(portal)) == [other, batch]
    assert _ids(_list(portal, "deleted=true")) == [plain]


@pytest.mark.parametrize("zone", ["Z", "+05:30", "-11:00"])
def test_times_have_a_zone(portal: Portal, zone: str) -> None:
    number = portal.submit()
    offset = {"Z": 0.0, "+05:30": 5.5, "-11:00": -11.0}[zone]

    def text(at: datetime) -> str:
        return quote((at + timedelta(hours=offset)).strftime("%Y-%m-%dT%H:%M:%S") + zone)

    now = datetime.now(UTC)
    assert _ids(_list(portal, f"created_after={text(now - timedelta(minutes=5))}")) == [number]
    assert _ids(_list(portal, f"created_before={text(now - timedelta(minutes=5))}")) == []
    assert _ids(_list(portal, f"created_before={text(now + timedelta(minutes=5))}")) == [number]


BAD = [
    ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=-1", "limit"),
    ("limit=" + "9" * 5000, "limit"),
    ("state=finished", "state"), ("state=DONE", "state"), ("state=done&state=x", "state"),
    ("deleted=perhaps", "deleted"),
    ("parent=0", "parent"), ("parent=x", "parent"), ("parent=9999999999", "parent"), ("app=", "app"),
    ("queue=", "queue"),
    ("created_after=2026-01-01", "created_after"), ("created_after=2026-01-01T00:00:00", "created_after"),
    ("created_before=yesterday", "created_before"), ("created_after=0001-01-01T00:00:00%2B23:59", "created_after"),
    ("created_before=9999-12-31T23:59:59-23:59", "created_before"),
    ("created_after=2026-13-01T00:00:00Z", "created_after"),
    ("sate=done", "sate"), ("Limit=3", "Limit"), ("page=2", "page"), ("user_id=1", "user_id"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "field"), BAD)
def test_a_question_that_may_not_be_names_its_field(portal: Portal, query: str, field: str) -> None:
    assert_refused(portal.get(f"{JOBS}?{query}"), 400, code="bad_input", field=field)


@pytest.mark.parametrize(("sent", "meant"), [("sate", "state"), ("limt", "limit"), ("created_befor", "created_before")])
def test_a_near_miss_is_told(portal: Portal, sent: str, meant: str) -> None:
    text = assert_refused(portal.get(f"{JOBS}?{sent}=x"), 400, code="bad_input", field=sent)
    assert f"did you mean '{meant}'?" in text


CURSORS = ["", "x", "b", "bx", "5", "b-1", "b1.5", "b" + "9" * 10, "b" + "9" * 40, "b²", "b1 ", "b%00", "B5", "b1;DROP"]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_no_answer_gave(portal: Portal, cursor: str) -> None:
    answer = portal.get(f"{JOBS}?cursor={cursor}")
    assert answer.status_code == 400, answer.text
    assert (answer.get_json()["code"], answer.get_json()["field"]) == ("bad_cursor", "cursor")


@pytest.mark.parametrize("cursor", ["b0", "b1", "b999999999"])
def test_a_cursor_beyond_the_list_gives_an_end(portal: Portal, cursor: str) -> None:
    number = portal.submit()
    told = _list(portal, f"cursor={cursor}")
    assert (_ids(told), told["next"]) == ([number] if cursor == "b999999999" else [], None)
