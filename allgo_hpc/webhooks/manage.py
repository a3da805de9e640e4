"""One's own webhooks: make, find, list, delete."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from allgo_hpc.errors import Conflict, NotFound
from allgo_hpc.models import User, Webhook, WebhookDelivery
from allgo_hpc.reading.events import newest_event
from allgo_hpc.webhooks.addresses import Allowed
from allgo_hpc.webhooks.signing import new_secret
from allgo_hpc.webhooks.urls import check_url

MOST = 10
"""Webhooks that one user may have."""
_ID_DIGITS = 9  # what PostgreSQL's integer takes; asked for more it fails


def make_webhook(session: Session, user: User, url: str, allowed: Allowed) -> Webhook:
    """Store a new webhook, which is told of all that happens from now on, and of nothing before.

    Raises:
        BadInput: the address is none that a webhook may have.
        Conflict: the user has ten.
    """
    check_url(url, allowed)
    # Writing to the user's row, though nothing changes in it, lets one request at a time count.
    session.execute(update(User).where(User.id == user.id).values(active=User.active))
    count = session.scalar(select(func.count()).select_from(Webhook).where(Webhook.user_id == user.id)) or 0
    if count >= MOST:
        session.rollback()
        raise Conflict(f"you have {count} webhooks: delete one first", code="too_many_webhooks")
    webhook = Webhook(user_id=user.id, url=url, secret=new_secret(), last_event_id=newest_event(session))
    session.add(webhook)
    session.commit()
    return webhook


def list_webhooks(session: Session, user: User) -> Sequence[Webhook]:
    """Return a user's webhooks, oldest first."""
    return session.scalars(select(Webhook).where(Webhook.user_id == user.id).order_by(Webhook.id)).all()


def find_webhook(session: Session, user: User, wanted: str) -> Webhook:
    """Return a user's own webhook.

    Raises:
        NotFound: there is none, or it is another user's; the answer does not tell which.
    """
    number = number_of(wanted)
    webhook = session.get(Webhook, number) if number is not None else None
    if webhook is None or webhook.user_id != user.id:
        raise unknown_webhook()
    return webhook


def delete_webhook(session: Session, webhook: Webhook) -> None:
    """Delete a webhook with its log; a message that is under way may still arrive."""
    session.execute(delete(Webhook).where(Webhook.id == webhook.id), execution_options={"synchronize_session": False})
    session.commit()


def set_paused(session: Session, webhook: Webhook, *, paused: bool) -> None:
    """Switch a webhook off, or on again: it is told of what happens from then on, of nothing between.

    What waited to be sent when it was switched off is given up; it can be sent again by hand.
    """
    if paused == (not webhook.active):
        return
    if paused:
        session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.next_at.is_not(None))
            .values(next_at=None, gave_up=True, error="the webhook was paused"),
            execution_options={"synchronize_session": False},
        )
    values = {"active": not paused} | ({} if paused else {"last_event_id": newest_event(session)})
    session.execute(
        update(Webhook).where(Webhook.id == webhook.id).values(**values),
        execution_options={"synchronize_session": False},
    )
    session.commit()
    session.refresh(webhook)


def number_of(wanted: str) -> int | None:
    """Return the number that a part of an address is; None for what can be none."""
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) <= _ID_DIGITS else None


def unknown_webhook() -> NotFound:
    """Return the refusal; the same for another user's."""
    return NotFound("there is no such webhook of yours", field="webhook_id", code="unknown_webhook")
