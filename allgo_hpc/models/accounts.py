"""Users and their tokens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from allgo_hpc.models.base import Base, utc_now


class User(Base):
    """A person, or a lab's script acting for one."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """argon2; None: this account has no password."""
    role: Mapped[str] = mapped_column(String(10), default="user")
    """``user``, ``author`` (may create apps) or ``admin``."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class UserQuota(Base):
    """What an administrator set for one user; None: as for everybody."""

    __tablename__ = "user_quota"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    jobs_at_once: Mapped[int | None]
    jobs_a_day: Mapped[int | None]
    stored_bytes: Mapped[int | None] = mapped_column(BigInteger)
    core_hours_a_month: Mapped[float | None]


class Token(Base):
    """A secret that acts for its user within its scopes; only its hash is kept."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(200), server_default="jobs:read jobs:write apps:write")
    """Words of allgo_hpc.tokens.SCOPES, separated by spaces."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    """To the minute: writing it at every request would make each read a write."""

    user: Mapped[User] = relationship()
