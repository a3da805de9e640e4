"""Since when the cluster answers, or does not."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from allgo_hpc.models.base import Base

CONTROLLER, ACCOUNTING = "controller", "accounting"


class Health(Base):
    """What the sweep last heard from one part of the cluster."""

    __tablename__ = "health"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    """``controller`` or ``accounting``."""
    answered_at: Mapped[datetime | None]
    """When it last answered."""
    silent_since: Mapped[datetime | None]
    """When it first did not answer, after it last had; None while it answers."""
    jobs_at: Mapped[datetime | None]
    """Of the controller: when its last whole answer was asked for that every unfinished job was held against."""
    said: Mapped[str] = mapped_column(String(500), default="")
    """What was heard instead."""
