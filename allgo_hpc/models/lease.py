"""Who may do what only one process may do at a time."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from allgo_hpc.models.base import Base


class Lease(Base):
    """A right that runs out unless its holder renews it."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    holder: Mapped[str] = mapped_column(String(128))
    expires_at: Mapped[datetime]
    renewed_at: Mapped[datetime]
    took_s: Mapped[float | None]
    """Seconds that what it is for took the last time."""
