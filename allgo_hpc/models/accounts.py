"""Users, their tokens and SSH keys."""

from __future__ import annotations

from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, false, text, true
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
    confirmed_at: Mapped[datetime | None]
    """When it was shown that the address is theirs; who signs up has to show it first. (No default: SQLAlchemy would
    take it for a None, too.)"""
    session_key: Mapped[str] = mapped_column(
        String(64), index=True, unique=True, default=lambda: token_hex(16), server_default=text("''")
    )
    """What a browser's session names the account by; a new one ends all its sessions."""
    signed_in_at: Mapped[datetime | None]
    """When they last signed in on a page."""
    external_id: Mapped[str | None] = mapped_column(String(500), index=True, unique=True)
    """``<issuer> <subject>`` of an OIDC provider, or ``header <name>`` of the cluster's login portal."""
    cluster_account: Mapped[str | None] = mapped_column(String(64))
    """The person's own account on the cluster, by which paths there are read; set by who vouches for them."""
    language: Mapped[str | None] = mapped_column(String(8))
    """``en`` or ``fr``; None: as their browser says."""
    mail_at_end: Mapped[bool] = mapped_column(default=False, server_default=false())
    """New jobs are ticked to send a mail at their end."""
    mail_before_removal: Mapped[bool] = mapped_column(default=True, server_default=true())
    """A mail says that a job's files are about to be removed."""


class Group(Base):
    """Users under one name, with whom apps are shared."""

    __tablename__ = "user_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class GroupMember(Base):
    """A user in a group."""

    __tablename__ = "user_group_member"

    group_id: Mapped[int] = mapped_column(ForeignKey("user_group.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True, index=True)


class Audit(Base):
    """Something that changed who may do what, or what somebody with more rights did: who, when, what."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_what_id", "what", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    """Who did it; None: an administrator at the command line, or the portal itself."""
    what: Mapped[str] = mapped_column(String(64))
    """A stable word such as ``user.role``; see allgo_hpc.audit.WHAT."""
    about: Mapped[str] = mapped_column(String(200), default="")
    """Whom or what it was done to, by name."""
    detail: Mapped[Any] = mapped_column(JSON)
    """What else there is to know, such as ``{"old": "user", "new": "author"}``."""
    address: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """Where the request came from; empty: no request."""

    user: Mapped[User | None] = relationship()


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
