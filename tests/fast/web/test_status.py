"""What the portal says of the cluster: what it was told, and nothing of what it did not ask."""

from datetime import UTC, datetime, timedelta

from allgo_hpc.sweeping.health import ACCOUNTING, CONTROLLER, note_health
from tests.fast.web.portal import Portal

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
UNASKED = {"answers": None, "answered_at": None, "silent_since": None}


def test_what_was_not_asked_is_not_called_silent(portal: Portal) -> None:
    assert portal.get("/api/v1/status").get_json()["cluster"] == {CONTROLLER: UNASKED, ACCOUNTING: UNASKED}


def test_since_when_it_does_not_answer(portal: Portal) -> None:
    session = portal.world.session
    note_health(session, CONTROLLER, AT, answered=True)
    told = portal.get("/api/v1/status").get_json()["cluster"][CONTROLLER]
    assert told == {"answers": True, "answered_at": "2026-05-01T12:00:00.000Z", "silent_since": None}
    note_health(session, CONTROLLER, AT + timedelta(minutes=1), answered=False, said="away")
    told = portal.get("/api/v1/status").get_json()["cluster"][CONTROLLER]
    assert (told["answers"], told["silent_since"]) == (False, "2026-05-01T12:01:00.000Z")
