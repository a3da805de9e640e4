"""Many webhooks at once, with real receivers: the slow ones hold up nobody else, and it goes on after every failure."""

import time

import pytest
from sqlalchemy.orm import Session, sessionmaker
from standardwebhooks import Webhook as Verifier

from allgo_hpc.accounts import add_user
from allgo_hpc.models import Webhook, utc_now
from allgo_hpc.settings import Settings
from allgo_hpc.states import JobState
from allgo_hpc.sweeping.lease import lease_renewed_at, take_lease
from allgo_hpc.webhooks import process
from allgo_hpc.webhooks.log import send_test
from allgo_hpc.webhooks.process import LEASE, LEASE_S, WebhookSender, add_webhook_jobs
from allgo_hpc.webhooks.sending import Sender
from tests.fast.domain.webhooks import HERE, deliveries, events, told_again, webhook
from tests.fast.domain.world import World
from tests.receivers import Receiver, answer, hang, receiver, until


def _sender(sessions: sessionmaker[Session], holder: str = "here", **more: float) -> WebhookSender:
    return WebhookSender(sessions, Settings(), holder, Sender(HERE, **more))


def _idle(sender: WebhookSender) -> None:
    until("no turn runs", lambda: not sender._running)


def _verified(hook: Webhook, server: Receiver) -> list[tuple[str, str]]:
    told = [Verifier(hook.secret).verify(got.body, got.headers)["data"] for got in server.got]
    return [(each["old"], each["state"]) for each in told]


def test_a_jobs_states_arrive_in_order(world: World, sessions: sessionmaker[Session]) -> None:
    sender = _sender(sessions)
    with receiver(answer(200)) as server:
        hook = webhook(world, url=server.url)
        events(world, world.job(), JobState.PENDING, JobState.RUNNING, JobState.FINISHING, JobState.DONE)
        assert sender.once() == 1
        server.wait_for(4)
        _idle(sender)
    assert _verified(hook, server) == [
        ("submitted", "pending"), ("pending", "running"), ("running", "finishing"), ("finishing", "done"),
    ]  # fmt: skip
    assert {each.status_code for each in deliveries(world.session, hook)} == {200}
    assert sender.once() == 0


def test_after_a_failure_it_is_sent_again_the_same(world: World, sessions: sessionmaker[Session]) -> None:
    sender = _sender(sessions)
    with receiver(answer(500), answer(200)) as server:
        hook = webhook(world, url=server.url)
        events(world, world.job(), JobState.DONE)
        sender.once()
        _idle(sender)
        (delivery,) = deliveries(world.session, hook)
        assert (delivery.attempts, delivery.status_code, sender.once()) == (1, 500, 0)
        delivery.next_at = utc_now()
        world.session.commit()
        sender.once()
        _idle(sender)
    first, second = server.got
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)
    (delivery,) = deliveries(world.session, hook)
    assert (delivery.attempts, delivery.status_code, delivery.next_at) == (2, 200, None)


def test_receivers_that_hang_hold_up_nobody(world: World, sessions: sessionmaker[Session]) -> None:
    """Four of one user's hang, as many as are let at it at once; another user's messages arrive meanwhile."""
    sender = _sender(sessions)
    eve = add_user(world.session, name="eve", email="eve@example.org")
    with receiver(hang) as slow, receiver(answer(200)) as quick:
        for _ in range(8):
            send_test(world.session, webhook(world, eve, slow.url))
        mine = webhook(world, url=quick.url)
        began = time.monotonic()
        assert sender.once() == process.THREADS_OF_A_USER
        job = world.job()
        for count in range(1, 4):
            told_again(world, job)
            until("it is there", lambda: sender.once() * 0 or len(quick.got) >= count)  # noqa: B023
        assert time.monotonic() - began < 5
        assert len(slow.got) <= process.THREADS_OF_A_USER
        slow.ended.set()
        _idle(sender)
    assert len(deliveries(world.session, mine)) == 3


def test_there_is_a_most_of_threads(
    world: World, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "THREADS", 3)
    sender = _sender(sessions)
    with receiver(hang) as slow:
        for name in ("eve", "mallory"):
            user = add_user(world.session, name=name, email=f"{name}@example.org")
            for _ in range(3):
                send_test(world.session, webhook(world, user, slow.url))
        assert [sender.once(), sender.once()] == [3, 0]
        slow.ended.set()
        _idle(sender)


def test_one_webhook_has_one_turn_at_a_time(world: World, sessions: sessionmaker[Session]) -> None:
    sender = _sender(sessions)
    with receiver(hang, answer(200)) as server:
        webhook(world, url=server.url)
        told_again(world, world.job())
        assert [sender.once(), sender.once(), sender.once()] == [1, 0, 0]
        server.ended.set()
        _idle(sender)
        assert server.connections == 1


def test_a_name_that_leads_here_is_not_followed_here(world: World, sessions: sessionmaker[Session]) -> None:
    sender = WebhookSender(sessions, Settings(), "here", Sender(process.parse_allowed(""), lambda *_: ["127.0.0.1"]))
    with receiver(answer(200)) as server:
        hook = webhook(world, url=f"http://hooks.example.org:{server.port}/")
        told_again(world, world.job())
        sender.once()
        _idle(sender)
    (delivery,) = deliveries(world.session, hook)
    assert delivery.error == "hooks.example.org is not an address of the public internet: nothing was sent"
    assert delivery.next_at is not None
    assert server.connections == 0


def test_only_who_holds_the_lease_sends(world: World, sessions: sessionmaker[Session]) -> None:
    first, second = _sender(sessions, "first"), _sender(sessions, "second")
    with receiver(answer(200)) as server:
        webhook(world, url=server.url)
        assert first.once() == 0
        told_again(world, world.job())
        assert second.once() == 0
        first.give_back()
        assert second.once() == 1
        _idle(second)
        assert len(server.got) == 1
    assert not take_lease(world.session, "third", now=utc_now(), seconds=LEASE_S, name=LEASE)


def test_a_portal_without_webhooks_writes_nothing(world: World, sessions: sessionmaker[Session]) -> None:
    assert _sender(sessions).once() == 0
    assert lease_renewed_at(world.session, name=LEASE) is None


def test_a_turn_that_fails_is_followed_by_another(
    world: World, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    sender = _sender(sessions)
    with receiver(answer(200)) as server:
        webhook(world, url=server.url)
        told_again(world, world.job())
        with monkeypatch.context() as patched:
            patched.setattr(process, "take_turn", lambda *_, **__: 1 / 0)
            assert sender.once() == 1
            _idle(sender)
        assert "its turn failed" in caplog.text
        assert sender.once() == 1
        _idle(sender)
        assert len(server.got) == 1


def test_the_schedulers_jobs_never_raise(world: World, sessions: sessionmaker[Session]) -> None:
    jobs = {}

    class Scheduler:
        def add_job(self, job: object, *_: object, **more: object) -> None:
            jobs[job.__name__] = (job, more)  # type: ignore[attr-defined]

    sending = add_webhook_jobs(Scheduler(), sessions, Settings(webhook_allow="10.0.0.0/8"), "here")
    assert sending._sender.allowed == process.parse_allowed("10.0.0.0/8")
    assert {name: more.get("seconds") for name, (_, more) in jobs.items()} == {"send_job": 1.0, "tidy": None}
    for job, more in jobs.values():
        assert more["max_instances"] == 1
        job()
    sending.once = lambda: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    jobs["send_job"][0]()
