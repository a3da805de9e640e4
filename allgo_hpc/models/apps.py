"""Apps and their versions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from allgo_hpc.models.accounts import User
from allgo_hpc.models.base import Base, utc_now


class App(Base):
    """A program that an author published."""

    __tablename__ = "app"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(String(254), default="")
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    public: Mapped[bool] = mapped_column(default=True)
    default_queue: Mapped[str] = mapped_column(String(32))
    memory_mb: Mapped[int]
    cpus: Mapped[int] = mapped_column(default=1)
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
    """The typed parameters that a param string is made of, in their order; see allgo_hpc.publishing.parameters."""
    done_jobs: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    done_seconds: Mapped[float] = mapped_column(default=0.0, server_default=text("0"))
    """How many of its jobs ended well, and how long these ran together: the mean in every answer to a POST. Counted by
    allgo_hpc.jobs.moves, since adding up the jobs themselves takes longer the more there are."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    owner: Mapped[User] = relationship()
    versions: Mapped[list[Version]] = relationship(back_populates="app", order_by="Version.id")


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
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    app: Mapped[App] = relationship(back_populates="versions")
