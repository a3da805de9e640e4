"""What is sent when, what becomes of it, and what stands in the log."""

import json
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Verifier

from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.models import Webhook, WebhookDelivery, utc_now
from allgo_hpc.states import JobState
from allgo_hpc.webhooks import turns
from allgo_hpc.webhooks.backoff import WAITS, next_attempt
from allgo_hpc.webhooks.enqueue import enqueue
from allgo_hpc.webhooks.log import list_deliveries, redeliver, send_test
from allgo_hpc.webhooks.manage import delete_webhook
from tests.fast.domain.webhooks import FAILED, GONE, NOW, TAKEN, Notes, deliveries, events, told_again, webhook
from tests.fast.domain.world import World

BASE = "https://allgo.example.org/"


def _hook(world: World, messages: int = 1) -> tuple[Webhook, list[WebhookDelivery]]:
    """A webhook with messages that are due."""
    made = webhook(world)
    job = world.job()
    for _ in range(messages):
        told_again(world, job)
    enqueue(world.session, NOW)
    return made, deliveries(world.session, made)


def _turn(world: World, hook: Webhook, notes: Notes) -> int:
    return turns.take_turn(world.sessions, notes, hook.id, base_url=BASE)  # type: ignore[arg-type]


def _record(session: Session, delivery: WebhookDelivery, *outcomes: turns.Outcome) -> WebhookDelivery:
    for outcome in outcomes:
        turns.record(session, delivery, outcome, NOW)
        session.refresh(delivery)
    return delivery


def test_a_message_tells_the_event_signed(world: World) -> None:
    hook = webhook(world)
    job = world.job(param="secret")
    events(world, job, JobState.RUNNING, JobState.OUT_OF_MEMORY)
    enqueue(world.session, utc_now())
    notes = Notes()
    assert _turn(world, hook, notes) == 2
    assert [url for url, _, _ in notes.sent] == [hook.url] * 2
    told = [Verifier(hook.secret).verify(body, headers) for _, headers, body in notes.sent]
    assert [body for _, _, body in notes.sent if not body.isascii()] == []
    last = told[1]
    assert last["timestamp"] == last["data"].pop("at")
    assert last == {
        "type": "job.state",
        "timestamp": last["timestamp"],
        "data": {
            "event": 2, "job": job.id, "parent": None, "app": "textstats", "old": "running", "state": "out_of_memory",
            "status": "error", "reason": "It is out_of_memory.",
            "url": f"https://allgo.example.org/api/v1/jobs/{job.id}",
        },
    }  # fmt: skip
    assert told[0]["data"]["status"] == "in progress"
    log = deliveries(world.session, hook)
    assert [headers["webhook-id"] for _, headers, _ in notes.sent] == [each.message_id for each in log]
    assert {(each.attempts, each.next_at, each.gave_up, each.status_code, each.error) for each in log} == {
        (1, None, False, 200, "")
    }
    assert all(each.delivered_at is not None for each in log)
    assert _turn(world, hook, notes) == 0


def test_the_address_of_a_job_is_relative_where_the_portal_does_not_know_its_own(world: World) -> None:
    hook, _ = _hook(world)
    notes = Notes()
    turns.take_turn(world.sessions, notes, hook.id, base_url="")  # type: ignore[arg-type]
    assert json.loads(notes.sent[0][2])["data"]["url"].startswith("/api/v1/jobs/")


def test_what_was_not_taken_waits_and_those_behind_it_go_on(world: World) -> None:
    hook, _ = _hook(world, 3)
    notes = Notes([FAILED, TAKEN])
    assert _turn(world, hook, notes) == 0, "the turn ends, so that a receiver that fails is asked once a second"
    assert _turn(world, hook, notes) == 2
    first, *others = deliveries(world.session, hook)
    assert (first.attempts, first.status_code, first.error, first.delivered_at) == (1, 500, "it answered 500", None)
    assert first.next_at is not None
    assert timedelta(seconds=5) < first.next_at - utc_now() <= WAITS[0]
    assert [each.next_at for each in others] == [None, None]
    first.next_at = NOW
    world.session.commit()
    assert _turn(world, hook, notes) == 1
    (_, headers, body), *_, (_, again, same) = notes.sent
    assert headers["webhook-id"] == again["webhook-id"]
    assert body == same


def test_the_waits_grow_and_end(world: World) -> None:
    _, (delivery,) = _hook(world)
    waited = []
    for _ in WAITS:
        _record(world.session, delivery, FAILED)
        assert delivery.next_at is not None
        waited.append(delivery.next_at - NOW)
    assert waited == list(WAITS) == sorted(WAITS)
    _record(world.session, delivery, FAILED)
    assert (delivery.next_at, delivery.gave_up, delivery.attempts) == (None, True, 9)
    assert timedelta(hours=44) < sum(WAITS, timedelta()) < timedelta(hours=46)
    assert next_attempt(len(WAITS) + 1, NOW) is None


def test_gone_switches_the_webhook_off(world: World) -> None:
    hook, _ = _hook(world, 3)
    notes = Notes([TAKEN, GONE])
    _turn(world, hook, notes)
    log = deliveries(world.session, hook)
    assert [(each.next_at, each.gave_up, each.status_code) for each in log] == [
        (None, False, 200), (None, True, 410), (None, True, None),
    ]  # fmt: skip
    assert not world.session.get_one(Webhook, hook.id).active
    told_again(world, world.job())
    assert enqueue(world.session, NOW) == 0
    assert turns.due_webhooks(world.session, utc_now()) == []
    for act in (lambda: send_test(world.session, hook), lambda: redeliver(world.session, hook, str(log[0].id))):
        with pytest.raises(Conflict) as caught:
            act()
        assert caught.value.code == "webhook_off"


def test_who_is_due_and_who_is_not(world: World) -> None:
    first, second, third, idle = (webhook(world) for _ in range(4))
    for hook, seconds in ((first, 5), (second, -1), (third, 0)):
        send_test(world.session, hook).next_at = NOW + timedelta(seconds=seconds)
    world.session.commit()
    assert idle.id not in [each[0] for each in turns.due_webhooks(world.session, utc_now())]
    assert [each[0] for each in turns.due_webhooks(world.session, NOW)] == [second.id, third.id]
    late = NOW + timedelta(seconds=5)
    assert turns.due_webhooks(world.session, late)[-1] == (first.id, world.user.id), "who waits longest comes first"
    world.user.active = False
    world.session.commit()
    assert turns.due_webhooks(world.session, late) == []


def test_a_turn_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "MOST_OF_A_TURN", 3)
    hook, _ = _hook(world, 5)
    assert _turn(world, hook, Notes()) == 3
    monkeypatch.setattr(turns, "LONGEST_TURN_S", -1.0)
    assert _turn(world, hook, Notes()) == 0
    monkeypatch.setattr(turns, "LONGEST_TURN_S", 10.0)
    assert _turn(world, hook, Notes()) == 2


def test_an_outcome_that_somebody_else_has_written_already_counts_once(world: World) -> None:
    hook, (delivery,) = _hook(world)
    with world.sessions() as other:
        stale = other.get_one(WebhookDelivery, delivery.id)
        _record(world.session, delivery, TAKEN)
        turns.record(other, stale, GONE, NOW)
    (kept,) = deliveries(world.session, hook)
    assert (kept.attempts, kept.status_code) == (1, 200)
    assert world.session.get_one(Webhook, hook.id).active


def test_an_outcome_of_a_webhook_that_was_deleted_is_dropped(world: World) -> None:
    hook, (delivery,) = _hook(world)
    with world.sessions() as other:
        stale = other.get_one(WebhookDelivery, delivery.id)
        delete_webhook(world.session, hook)
        turns.record(other, stale, GONE, NOW)
    assert _turn(world, hook, Notes()) == 0


def test_redelivered_it_goes_out_at_once_under_its_old_name(world: World) -> None:
    hook, (delivery,) = _hook(world)
    notes = Notes()
    _turn(world, hook, notes)
    again = redeliver(world.session, hook, str(delivery.id))
    assert (again.attempts, again.gave_up) == (0, False)
    assert again.next_at is not None
    assert _turn(world, hook, notes) == 1
    assert len({(headers["webhook-id"], body) for _, headers, body in notes.sent}) == 1
    assert len(notes.sent) == 2


def test_what_was_given_up_is_tried_as_often_again(world: World) -> None:
    hook, (delivery,) = _hook(world)
    _record(world.session, delivery, *[FAILED] * 9)
    assert delivery.gave_up
    redeliver(world.session, hook, str(delivery.id))
    _record(world.session, delivery, *[FAILED] * 8)
    assert not delivery.gave_up
    assert _record(world.session, delivery, FAILED).gave_up


@pytest.mark.parametrize("wanted", ["0", "99", "-1", "x", "", "1e3", "9999999999", "\u0661"])
def test_what_is_not_there_is_not_redelivered(world: World, wanted: str) -> None:
    hook, _ = _hook(world)
    with pytest.raises(NotFound) as caught:
        redeliver(world.session, hook, wanted)
    assert caught.value.code == "unknown_delivery"


def test_another_webhooks_message_is_not_there(world: World) -> None:
    (hook, _), (_, (others,)) = _hook(world), _hook(world)
    with pytest.raises(NotFound):
        redeliver(world.session, hook, str(others.id))


def test_a_test_message(world: World) -> None:
    hook = webhook(world)
    made = send_test(world.session, hook)
    with pytest.raises(Conflict):
        send_test(world.session, hook)
    notes = Notes()
    assert _turn(world, hook, notes) == 1
    ((_, headers, body),) = notes.sent
    told = Verifier(hook.secret).verify(body, headers)
    assert (told["type"], told["data"], headers["webhook-id"]) == ("webhook.test", {}, made.message_id)
    send_test(world.session, hook)
    page, _ = list_deliveries(world.session, hook, limit=10)
    assert [event for _, event in page] == [None, None]


def test_the_log_goes_newest_first_a_page_at_a_time(world: World) -> None:
    hook, _ = _hook(world, 5)
    _hook(world)
    log = deliveries(world.session, hook)
    seen: list[tuple[int, int | None]] = []
    before = None
    for _ in range(3):
        page, before = list_deliveries(world.session, hook, limit=2, before_id=before)
        seen += [(delivery.id, event.id if event else None) for delivery, event in page]
        told_again(world, world.job())
        enqueue(world.session, NOW)
    assert before is None
    assert seen == [(each.id, each.event_id) for each in reversed(log)]


def test_the_log_is_kept_for_thirty_days(world: World) -> None:
    hook, log = _hook(world, 2)
    log[0].created_at = NOW - timedelta(days=30, seconds=1)
    log[1].created_at = NOW - timedelta(days=29)
    world.session.commit()
    assert turns.remove_old(world.session, NOW) == 1
    assert [each.id for each in deliveries(world.session, hook)] == [log[1].id]
