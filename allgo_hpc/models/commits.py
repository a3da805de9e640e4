"""Sandboxes, commits and samples of apps, and what happened to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from allgo_hpc.models.accounts import User
from allgo_hpc.models.apps import App, Version
from allgo_hpc.models.base import Base, utc_now


class Sandbox(Base):
    """The sandbox of an app on the build node; an app without a row has none."""

    __tablename__ = "sandbox"

    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    """Who started it."""
    state: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(100))
    """What it was made from: ``base:<name>`` or ``version:<number>``."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    """Digest of the image that it was made from; empty as long as it is not known."""
    anew: Mapped[bool] = mapped_column(default=False, server_default=false())
    """It is to be made from ``origin``, whatever the build node has."""
    keys_sha256: Mapped[str] = mapped_column(String(64), default="")
    """Digest of the keys that the build node was told last."""
    usage: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What the build node last said of its disk, memory, processes and sessions."""
    reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    app: Mapped[App] = relationship()


class Commit(Base):
    """One try to make a version."""

    __tablename__ = "commit"
    __table_args__ = (
        Index("ix_commit_app_id_id", "app_id", "id"),
        # One commit of an app at a time, whoever asks when.
        Index(
            "ix_commit_under_way",
            "app_id",
            unique=True,
            sqlite_where=text("finished_at IS NULL"),
            postgresql_where=text("finished_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    """By which the build node knows it."""
    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    origin: Mapped[str] = mapped_column(String(16))
    """``sandbox``, ``recipe`` or ``import``."""
    folder: Mapped[str | None] = mapped_column(String(40), unique=True)
    """Of a recipe or an import: name of what was sent, below ``builds/``, and of its build's control folder."""
    recipe: Mapped[str | None]
    """Text of the recipe."""
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(default="")
    """One sentence: what it is at, or why it failed."""
    changelog: Mapped[str] = mapped_column(default="")
    publish: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its version is published, and is the default, when its sample has passed."""
    percent: Mapped[int | None]
    """Of what it is at now."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(BigInteger)
    log: Mapped[str] = mapped_column(default="")
    """What the build said, its end if it is long."""
    version_id: Mapped[int | None] = mapped_column(ForeignKey("version.id"))
    job_id: Mapped[int | None]
    """The job that tests it. (No foreign key: the job may be gone.)"""
    retry_of: Mapped[int | None]
    abort_at: Mapped[datetime | None]
    """When its author asked to end it."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]

    app: Mapped[App] = relationship()
    user: Mapped[User] = relationship()
    version: Mapped[Version | None] = relationship()


class AppEvent(Base):
    """One change of a sandbox or a commit."""

    __tablename__ = "app_event"
    __table_args__ = (Index("ix_app_event_app_id_id", "app_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"))
    commit_id: Mapped[int | None]
    """None: of the sandbox."""
    at: Mapped[datetime] = mapped_column(default=utc_now)
    old: Mapped[str] = mapped_column(String(16))
    new: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str] = mapped_column(default="")


class Sample(Base):
    """Inputs and a param string that every new version of an app must run well with."""

    __tablename__ = "sample"

    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    folder: Mapped[str] = mapped_column(String(40), unique=True)
    """Name of its folder below ``samples/``."""
    param: Mapped[str] = mapped_column(default="")
    files: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """``name`` and ``size`` of each input."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
