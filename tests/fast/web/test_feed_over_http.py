"""The feed as a client asks for it: where it begins, what is refused, how many there may be."""

import json
from typing import Any

import pytest

from allgo_hpc.reading.events import newest_event
from tests.fast.web.conftest import MakePortal
from tests.fast.web.live import events
from tests.fast.web.portal import Portal, assert_refused
from web.live.streams import get_streams

EVENTS = "/api/v1/events"


def _get(portal: Portal, **headers: str) -> Any:
    return portal.get(f"{EVENTS}?wait=0", headers=portal.auth | headers)


def test_without_a_number_it_begins_now_with_one_after_it(portal: Portal) -> None:
    portal.submit()
    newest = newest_event(portal.world.session)
    assert events(_get(portal).text) == []
    assert [one["event"] for one in events(_get(portal, **{"Last-Event-ID": "0"}).text)] == [1, 2]
    assert [one["event"] for one in events(_get(portal, **{"Last-Event-ID": str(newest - 1)}).text)] == [newest]
    assert events(_get(portal, **{"Last-Event-ID": "9" * 15}).text) == [], "of a database that was restored"
    answer = portal.get(f"{EVENTS}?wait=0&last_event_id=1")
    assert [one["event"] for one in events(answer.text)] == [2]
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("sent", ["x", "-1", "1.5", "9" * 17, "0" * 20 + "9" * 5000, "é", "1 2", "²"])
def test_a_number_that_is_none(portal: Portal, sent: str) -> None:
    assert_refused(_get(portal, **{"Last-Event-ID": sent}), 400, code="bad_input", field="Last-Event-ID")


@pytest.mark.parametrize("query", ["wait=-1", "wait=nan", "wait=1e9", "wait=x", "last_event_id=-1", "wat=0"])
def test_a_question_that_may_not_be(portal: Portal, query: str) -> None:
    assert_refused(portal.get(f"{EVENTS}?{query}"), 400, code="bad_input", field=query.split("=", maxsplit=1)[0])


def test_with_all_places_taken_it_tells_what_is_new_and_ends(make_portal: MakePortal) -> None:
    portal = make_portal(streams=1)
    number = portal.submit()
    with portal.app.app_context(), get_streams().slot() as taken:
        assert taken
        text = portal.get(EVENTS, headers=portal.auth | {"Last-Event-ID": "0"}).text
        lines = portal.get(f"/api/v1/jobs/{number}/events").text.splitlines()
    assert len(events(text)) == 2
    assert json.loads(lines[0])["state"] == "submitted"
    assert "eof" not in lines[-1]
    with portal.app.app_context(), get_streams().slot() as again:
        assert again, "the place is free again"
