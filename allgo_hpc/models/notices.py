"""What the portal tells people: mails on their way, announcements on every page."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from allgo_hpc.models.base import Base, utc_now


class Mail(Base):
    """A mail to be sent. Its text is emptied when it was sent, for it may hold a link that signs in."""

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(default=utc_now, index=True)
    """When it is tried next; None: it was sent or given up."""
    sent_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")
    """What was wrong at the last attempt."""


class Announcement(Base):
    """A sentence of the administrators' that stands on every page for a time."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(1000))
    level: Mapped[str] = mapped_column(String(8), default="info")
    """``info`` or ``warning``."""
    begins_at: Mapped[datetime] = mapped_column(default=utc_now)
    ends_at: Mapped[datetime | None] = mapped_column(index=True)
    """None: until it is ended."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
