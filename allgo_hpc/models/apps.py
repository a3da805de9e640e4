"""Apps, their versions, and what was changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from allgo_hpc.models.accounts import Group, User
from allgo_hpc.models.base import Base, utc_now

DEFAULT_BASE = "debian-13"
"""Debian stable."""


class App(Base):
    """A program that an author published."""

    __tablename__ = "app"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(String(254), default="")
    citation: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How to cite it, in Markdown."""
    example_job_id: Mapped[int | None]
    """A job of the owner's whose inputs and results everybody who may run the app can look at. (No foreign key: a job
    names its app.)"""
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    public: Mapped[bool] = mapped_column(default=True)
    default_queue: Mapped[str] = mapped_column(String(32))
    memory_mb: Mapped[int]
    cpus: Mapped[int] = mapped_column(default=1)
    gpus: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    network: Mapped[bool] = mapped_column(default=False)
    disk_scratch: Mapped[bool] = mapped_column(default=False)
    """What it writes outside its job folder goes to the node's disk instead of memory."""
    input_max_bytes: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes that the input files of one job may have; None: what the site allows."""
    rerun_after_node_failure: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Running it twice does no harm: a job whose node failed is started anew once."""
    tags: Mapped[list[str] | None] = mapped_column(JSON)
    presets: Mapped[list[dict[str, str]] | None] = mapped_column(JSON)
    """Ready param strings of the author's: ``name``, ``param``, ``explanation``."""
    parameters: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)
    """The typed parameters that a param string is made of, in their order; see allgo_hpc.parameters.schema."""
    base: Mapped[str] = mapped_column(String(64), default=DEFAULT_BASE, server_default=DEFAULT_BASE)
    """The base image that a new sandbox of it starts from."""
    auto_publish: Mapped[bool] = mapped_column(default=True, server_default=true())
    """A new version that passed its test is published at once."""
    default_version: Mapped[int | None]
    """Number of the version that runs where none is named; None: the newest published one."""
    icon_type: Mapped[str | None] = mapped_column(String(16))
    """Media type of its icon; None: it has none."""
    icon_sha256: Mapped[str | None] = mapped_column(String(64))
    done_jobs: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    done_seconds: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    """How many of its jobs ended well, and how long these ran together: the mean in every answer to a POST. Counted by
    allgo_hpc.jobs.moves, since adding up the jobs themselves takes longer the more there are."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    owner: Mapped[User] = relationship()
    versions: Mapped[list[Version]] = relationship(back_populates="app", order_by="Version.id")


class AppShare(Base):
    """Somebody, or a group, that may run a private app."""

    __tablename__ = "app_share"
    __table_args__ = (UniqueConstraint("app_id", "user_id"), UniqueConstraint("app_id", "group_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("user_group.id", ondelete="CASCADE"), index=True)
    """One of the two is set."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    user: Mapped[User | None] = relationship()
    group: Mapped[Group | None] = relationship()


class Version(Base):
    """One immutable image of an app."""

    __tablename__ = "version"
    __table_args__ = (UniqueConstraint("app_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"))
    number: Mapped[int]
    """1, 2, 3 … within its app."""
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    entrypoint: Mapped[str] = mapped_column(String(1000))
    changelog: Mapped[str] = mapped_column(default="")
    published: Mapped[bool] = mapped_column(default=True)
    origin: Mapped[str] = mapped_column(String(16), default="folder", server_default="folder")
    """What it was made from; one of allgo_hpc.versions.origins."""
    packages: Mapped[list[dict[str, str]] | None] = mapped_column(JSON)
    """What is installed in it, each with ``name`` and ``version``; None: nobody looked."""
    recipe: Mapped[str | None]
    """The text it was built from, where there is one."""
    signed: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its file holds a signature; whose is not judged."""
    ready: Mapped[bool] = mapped_column(default=True, server_default=true())
    """False as long as its sample has not passed: until then it is nobody's to see."""
    commit_id: Mapped[int | None] = mapped_column(index=True, unique=True)
    """The commit that made it. (No foreign key: a commit names its version.)"""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it was deleted; its image stays where it is until ``purged_at``, and it can be restored."""
    purged_at: Mapped[datetime | None]
    """When its image was given up; the row stays, for jobs tell that they ran it."""

    app: Mapped[App] = relationship(back_populates="versions")


class AppChange(Base):
    """One change of an app: who, when, what."""

    __tablename__ = "app_change"
    __table_args__ = (Index("ix_app_change_app_id_id", "app_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """None: an administrator at the command line."""
    at: Mapped[datetime] = mapped_column(default=utc_now)
    what: Mapped[str] = mapped_column(String(64))
    """The property, or the version with what became of it (``version 3: published``)."""
    old: Mapped[Any] = mapped_column(JSON)
    new: Mapped[Any] = mapped_column(JSON)

    user: Mapped[User | None] = relationship()
