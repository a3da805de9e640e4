"""Files that are sent piece by piece before the job that takes them (tus)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from allgo_hpc.models.base import Base, utc_now


class Upload(Base):
    """One file on its way, or here and waiting for its job. How much of it is here, its file's length says."""

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    """A UUID: name of its folder, and the last part of its address."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes that it will have; None: not yet known (tus: Upload-Defer-Length)."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """As the client said, or as was found at its end."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    touched_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    finished_at: Mapped[datetime | None]
    job_id: Mapped[int | None]
    """The job that took it."""
