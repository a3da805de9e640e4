"""What was sent to a webhook: the list, a test, and sending again."""

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.models import JobEvent, Webhook, WebhookDelivery, utc_now
from allgo_hpc.webhooks.manage import number_of, unknown_webhook
from allgo_hpc.webhooks.signing import new_message_id


def list_deliveries(
    session: Session, webhook: Webhook, *, limit: int, before_id: int | None = None
) -> tuple[list[tuple[WebhookDelivery, JobEvent | None]], int | None]:
    """Return a page of what was sent, newest first, with the events it tells; and the number to go on below."""
    statement = (
        select(WebhookDelivery, JobEvent)
        .outerjoin(JobEvent, WebhookDelivery.event_id == JobEvent.id)
        .where(WebhookDelivery.webhook_id == webhook.id)
        .order_by(WebhookDelivery.id.desc())
        .limit(limit + 1)
    )
    if before_id is not None:
        statement = statement.where(WebhookDelivery.id < before_id)
    found: list[tuple[WebhookDelivery, JobEvent | None]] = [
        (delivery, event) for delivery, event in session.execute(statement)
    ]
    page = found[:limit]
    return page, page[-1][0].id if len(found) > limit else None


def send_test(session: Session, webhook: Webhook) -> WebhookDelivery:
    """Make a message that tells nothing, to see whether it arrives.

    Raises:
        Conflict: the webhook was switched off, or an earlier test still waits.
        NotFound: it was deleted meanwhile.
    """
    _refuse_switched_off(webhook)
    waiting = select(WebhookDelivery.id).where(
        WebhookDelivery.webhook_id == webhook.id,
        WebhookDelivery.event_id.is_(None),
        WebhookDelivery.next_at.is_not(None),
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise Conflict("an earlier test has not been delivered yet: send that one again", field="webhook_id")
    now = utc_now()
    delivery = WebhookDelivery(webhook_id=webhook.id, message_id=new_message_id(), created_at=now, next_at=now)
    session.add(delivery)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        raise unknown_webhook() from None
    return delivery


def redeliver(session: Session, webhook: Webhook, wanted: str) -> WebhookDelivery:
    """Send a message again now, under its old ``webhook-id``, with all attempts before it.

    Raises:
        NotFound: there is no such message of this webhook.
        Conflict: the webhook was switched off.
    """
    number = number_of(wanted)
    delivery = session.get(WebhookDelivery, number) if number is not None else None
    if delivery is None or delivery.webhook_id != webhook.id:
        raise _unknown_delivery()
    _refuse_switched_off(webhook)
    changed = session.scalar(
        update(WebhookDelivery)
        .where(WebhookDelivery.id == delivery.id)
        .values(attempts=0, next_at=utc_now(), gave_up=False)
        .returning(WebhookDelivery.id),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    if changed is None:
        raise _unknown_delivery()
    session.refresh(delivery)
    return delivery


def _refuse_switched_off(webhook: Webhook) -> None:
    if not webhook.active:
        raise Conflict(
            "this webhook is off: it was paused, or its receiver answered 410 Gone; switch it on in your account first",
            field="webhook_id",
            code="webhook_off",
        )


def _unknown_delivery() -> NotFound:
    return NotFound(
        "there is no such delivery of this webhook (any more)", field="delivery_id", code="unknown_delivery"
    )
