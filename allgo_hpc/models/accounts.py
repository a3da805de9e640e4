"""Users, their tokens and SSH keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
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


class SshKey(Base):
    """A public key by which a user is let into the sandboxes of their apps."""

    __tablename__ = "ssh_key"
    __table_args__ = (UniqueConstraint("user_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(64))
    type: Mapped[str] = mapped_column(String(64))
    """As the key itself says, such as ``ssh-ed25519``."""
    blob: Mapped[str]
    """The key in base64: with the type all that a line of authorized_keys needs."""
    fingerprint: Mapped[str] = mapped_column(String(64))
    """``SHA256:…``, as ssh-keygen shows it."""
    bits: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


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
