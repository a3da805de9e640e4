"""Webhooks: addresses that are told what happens to a user's jobs, and what became of each message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from allgo_hpc.models.accounts import User
from allgo_hpc.models.base import Base, utc_now


class Webhook(Base):
    """An address of a user's that gets every event of their jobs."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    url: Mapped[str] = mapped_column(String(2000))
    secret: Mapped[str] = mapped_column(String(64))
    """Signs every message. Kept as it is: unlike a token's hash, it is needed whole each time."""
    active: Mapped[bool] = mapped_column(default=True)
    """False once its receiver has answered 410 Gone."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_event_id: Mapped[int]
    """The last event that was looked at for it; no foreign key, for 0 means none."""

    user: Mapped[User] = relationship()


class WebhookDelivery(Base):
    """One message for one webhook, tried until it is delivered or given up."""

    __tablename__ = "webhook_delivery"
    # What is due is asked for every second, a webhook's own list goes newest first. An id is never given out twice: old
    # rows are removed, and a list goes on below the last id that was seen.
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_webhook_id_id", "webhook_id", "id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("job_event.id"))
    """What it tells; None: a message that was asked for to try the webhook."""
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    """The header ``webhook-id``: the same at every attempt, so that a receiver can drop what it has already."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    """Since it was made, or last asked for by hand."""
    next_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is tried next; None: it is delivered or given up."""
    delivered_at: Mapped[datetime | None]
    """When its receiver last took it."""
    gave_up: Mapped[bool] = mapped_column(default=False)
    status_code: Mapped[int | None]
    """Of the last attempt's answer; None where none came."""
    error: Mapped[str] = mapped_column(default="")
    """What was wrong at the last attempt, in a sentence."""
