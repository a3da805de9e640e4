"""A webhook's turn: its due messages one after the other, oldest first, until one is not taken.

Order: messages are first tried in the order of their events, one at a time. One that was not taken waits for its next
attempt and does not hold up those behind it, or a single message that a receiver chokes on would silence a webhook for
two days; so a receiver that cares for order looks at the number of the event.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from allgo_hpc.models import User, Webhook, WebhookDelivery, utc_now
from allgo_hpc.webhooks.backoff import next_attempt
from allgo_hpc.webhooks.message import message_body
from allgo_hpc.webhooks.sending import Outcome, Sender
from allgo_hpc.webhooks.signing import signed_headers

KEPT = timedelta(days=30)
"""How long a message stays in the log."""
MOST_OF_A_TURN = 100
LONGEST_TURN_S = 10.0
_GONE = 410


def due_webhooks(session: Session, now: datetime) -> Sequence[tuple[int, int]]:
    """Return the webhooks that have something to send, and whose they are; who waits longest comes first."""
    rows = session.execute(
        select(Webhook.id, Webhook.user_id)
        .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .join(User, Webhook.user_id == User.id)
        .where(WebhookDelivery.next_at <= now, Webhook.active, User.active)
        .group_by(Webhook.id, Webhook.user_id)
        .order_by(func.min(WebhookDelivery.next_at), Webhook.id)
    )
    return [(webhook_id, user_id) for webhook_id, user_id in rows]


def take_turn(sessions: sessionmaker[Session], sender: Sender, webhook_id: int, *, base_url: str) -> int:
    """Send what is due of a webhook; returns how many messages were taken."""
    ends = time.monotonic() + LONGEST_TURN_S
    for taken in range(MOST_OF_A_TURN):
        if time.monotonic() > ends or not _send_next(sessions, sender, webhook_id, base_url=base_url):
            return taken
    return MOST_OF_A_TURN


def record(session: Session, delivery: WebhookDelivery, outcome: Outcome, now: datetime) -> None:
    """Keep what became of an attempt, and commit; nothing where somebody else wrote about this message meanwhile."""
    attempts = delivery.attempts + 1
    gone = outcome.status == _GONE
    failed = bool(outcome.error)
    next_at = next_attempt(attempts, now) if failed and not gone else None
    values = {
        "attempts": attempts,
        "status_code": outcome.status,
        "error": outcome.error,
        "next_at": next_at,
        "gave_up": failed and next_at is None,
        "delivered_at": delivery.delivered_at if failed else now,
    }
    result = session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery.id, WebhookDelivery.attempts == delivery.attempts)
        .values(**values),
        execution_options={"synchronize_session": False},
    )
    if gone and isinstance(result, CursorResult) and result.rowcount == 1:
        _switch_off(session, delivery.webhook_id)
    session.commit()


def remove_old(session: Session, now: datetime) -> int:
    """Remove messages from the log, and commit; returns how many."""
    result = session.execute(
        delete(WebhookDelivery).where(WebhookDelivery.created_at < now - KEPT),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    return result.rowcount if isinstance(result, CursorResult) else 0


def _send_next(sessions: sessionmaker[Session], sender: Sender, webhook_id: int, *, base_url: str) -> bool:
    with sessions() as session:
        delivery = session.scalar(
            select(WebhookDelivery)
            .join(Webhook, WebhookDelivery.webhook_id == Webhook.id)
            .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.next_at <= utc_now(), Webhook.active)
            .order_by(WebhookDelivery.id)
            .limit(1)
        )
        webhook = session.get(Webhook, webhook_id)
        if delivery is None or webhook is None:
            return False
        body = message_body(session, delivery, base_url)
    # No connection to the database is held while the receiver thinks.
    headers = signed_headers(webhook.secret, delivery.message_id, int(time.time()), body)
    outcome = sender.post(webhook.url, headers, body)
    with sessions() as session:
        record(session, delivery, outcome, utc_now())
    return not outcome.error


def _switch_off(session: Session, webhook_id: int) -> None:
    session.execute(update(Webhook).where(Webhook.id == webhook_id).values(active=False))
    session.execute(
        update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.next_at.is_not(None))
        .values(next_at=None, gave_up=True, error="its receiver answered 410 to another message: switched off"),
        execution_options={"synchronize_session": False},
    )
