"""From events to messages: each event of the user's once, in order, from the webhook's making on."""

import threading

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.accounts import add_user
from allgo_hpc.errors import Conflict
from allgo_hpc.models import JobEvent, Webhook, WebhookDelivery
from allgo_hpc.states import JobState
from allgo_hpc.webhooks.enqueue import enqueue
from allgo_hpc.webhooks.manage import MOST, delete_webhook, find_webhook, make_webhook
from tests.fast.domain.webhooks import HERE, NOW, deliveries, events, told_again, webhook
from tests.fast.domain.world import World


def _told(world: World, hook: Webhook) -> list[tuple[str, str]]:
    numbers = [each.event_id for each in deliveries(world.session, hook)]
    found = [world.session.get_one(JobEvent, number) for number in numbers]
    return [(each.old, each.new) for each in found]


def test_nothing_of_the_past_and_everything_from_now_on(world: World) -> None:
    job = world.job()
    events(world, job, JobState.PENDING)
    hook = webhook(world)
    assert enqueue(world.session, NOW) == 0
    events(world, job, JobState.RUNNING)
    told_again(world, job)
    events(world, job, JobState.CANCELLED)
    assert enqueue(world.session, NOW) == 3
    assert enqueue(world.session, NOW) == 0
    assert _told(world, hook) == [("pending", "running"), ("running", "running"), ("running", "cancelled")]
    assert {(each.next_at, each.attempts) for each in deliveries(world.session, hook)} == {(NOW, 0)}


def test_only_ones_own_jobs_and_each_webhook_of_theirs(world: World) -> None:
    other = add_user(world.session, name="eve", email="eve@example.org")
    first, second, others = webhook(world), webhook(world), webhook(world, other)
    events(world, world.job(), JobState.PENDING, JobState.DONE)
    enqueue(world.session, NOW)
    assert [len(deliveries(world.session, hook)) for hook in (first, second, others)] == [2, 2, 0]
    assert world.session.get_one(Webhook, others.id).last_event_id == 2, "it need not look at them again"


def test_a_large_backlog_comes_in_parts_without_a_gap(world: World) -> None:
    hook = webhook(world)
    other = webhook(world)
    job = world.job()
    for _ in range(7):
        told_again(world, job)
    assert [enqueue(world.session, NOW, most=3) for _ in range(4)] == [6, 6, 2, 0]
    for each in (hook, other):
        assert [delivery.event_id for delivery in deliveries(world.session, each)] == list(range(1, 8))


def test_exactly_as_many_as_fit(world: World) -> None:
    hook = webhook(world)
    job = world.job()
    for _ in range(3):
        told_again(world, job)
    assert [enqueue(world.session, NOW, most=3) for _ in range(2)] == [3, 0]
    assert world.session.get_one(Webhook, hook.id).last_event_id == 3


def test_what_is_off_or_whose_user_was_closed_gets_nothing(world: World) -> None:
    off, closed = webhook(world), webhook(world, add_user(world.session, name="eve", email="eve@example.org"))
    off.active = False
    closed.user.active = False
    world.session.commit()
    for user_id in (off.user_id, closed.user_id):
        job = world.job()
        job.user_id = user_id
        events(world, job, JobState.DONE)
    assert enqueue(world.session, NOW) == 0


def test_a_process_that_dies_in_between_leaves_all_or_nothing(world: World, sessions: sessionmaker[Session]) -> None:
    hook = webhook(world)
    events(world, world.job(), JobState.PENDING, JobState.DONE)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with sessions() as session:
        event.listen(session, "before_commit", die)
        with pytest.raises(KeyboardInterrupt):
            enqueue(session, NOW)
    assert deliveries(world.session, hook) == []
    assert enqueue(world.session, NOW) == 2


def test_many_at_once_make_each_message_once(world: World, sessions: sessionmaker[Session]) -> None:
    hook = webhook(world)
    job = world.job()
    for _ in range(20):
        told_again(world, job)
    start = threading.Barrier(4)
    made: list[int] = []

    def run() -> None:
        with sessions() as session:
            start.wait()
            made.append(sum(enqueue(session, NOW, most=3) for _ in range(8)))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert sum(made) == 20
    assert [each.event_id for each in deliveries(world.session, hook)] == list(range(1, 21))
    assert len({each.message_id for each in deliveries(world.session, hook)}) == 20


def test_nobody_has_more_than_ten(world: World, sessions: sessionmaker[Session]) -> None:
    start = threading.Barrier(15)
    made: list[str] = []

    def run() -> None:
        with sessions() as session:
            start.wait()
            try:
                make_webhook(session, world.user, "https://hooks.example.org/", HERE)
                made.append("made")
            except Conflict as error:
                made.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made.count("made"), made.count("too_many_webhooks")) == (MOST, 5)
    delete_webhook(world.session, world.session.scalars(select(Webhook)).first())  # type: ignore[arg-type]
    webhook(world)


def test_deleted_it_is_gone_with_its_log(world: World) -> None:
    hook, other = webhook(world), webhook(world)
    events(world, world.job(), JobState.DONE)
    enqueue(world.session, NOW)
    delete_webhook(world.session, find_webhook(world.session, world.user, str(hook.id)))
    assert [each.webhook_id for each in world.session.scalars(select(WebhookDelivery))] == [other.id]
