"""From events to messages: every webhook has a cursor over the events.

It moves in one transaction with the messages, so no event is told twice or left out, whenever this process dies.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from allgo_hpc.models import User, Webhook, WebhookDelivery
from allgo_hpc.reading.events import events_after, newest_event
from allgo_hpc.webhooks.signing import new_message_id

AT_ONCE = 500


def enqueue(session: Session, now: datetime, *, most: int = AT_ONCE) -> int:
    """Make a message of every new event for each webhook of its user; returns how many.

    Of one webhook at most ``most`` at a time, so that a large batch does not hold up the others.
    """
    newest = newest_event(session)
    behind = session.execute(
        select(Webhook.id, Webhook.user_id, Webhook.last_event_id)
        .join(User, Webhook.user_id == User.id)
        .where(Webhook.active, User.active, Webhook.last_event_id < newest)
        .order_by(Webhook.id)
    ).all()
    session.rollback()
    return sum(_catch_up(session, *each, newest=newest, most=most, now=now) for each in behind)


def _catch_up(
    session: Session, webhook_id: int, user_id: int, last: int, *, newest: int, most: int, now: datetime
) -> int:
    # Events become visible in the order of their numbers (jobs.moves.add_event): up to the newest all are there.
    found = [event.id for event in events_after(session, last, user_id=user_id, most=most) if event.id <= newest]
    reached = found[-1] if len(found) == most else newest
    moved = session.scalar(
        update(Webhook)
        .where(Webhook.id == webhook_id, Webhook.last_event_id == last, Webhook.active)
        .values(last_event_id=reached)
        .returning(Webhook.id),
        execution_options={"synchronize_session": False},
    )
    if moved is None:  # another process was here, or it was deleted
        session.rollback()
        return 0
    session.add_all(
        WebhookDelivery(
            webhook_id=webhook_id, event_id=event_id, message_id=new_message_id(), created_at=now, next_at=now
        )
        for event_id in found
    )
    session.commit()
    return len(found)
