"""Jobs, what happened to them, and the files they left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, false, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from allgo_hpc.models.accounts import User
from allgo_hpc.models.apps import App, Version
from allgo_hpc.models.base import Base, utc_now
from allgo_hpc.models.health import CONTROLLER, Health
from allgo_hpc.states import JobState

_KEPT = text("deleted_at IS NULL")


class Job(Base):
    """One submission."""

    __tablename__ = "job"
    # The sweep asks for all that is not final; a person's list goes by user, newest first.
    # An id is never given out twice, also after a row was deleted.
    __table_args__ = (
        Index("ix_job_state_id", "state", "id"),
        Index("ix_job_user_id_id", "user_id", "id"),
        Index("ix_job_user_id_state_kind", "user_id", "state", "tasks", "parent_id"),
        Index("ix_job_user_id_app_id", "user_id", "app_id"),
        # What is removed next, of somebody and of all; what was removed already, sooner or later nearly all, is in
        # neither.
        Index("ix_job_user_id_expires_at", "user_id", "expires_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
        Index("ix_job_expires_at", "parent_id", "expires_at", sqlite_where=_KEPT, postgresql_where=_KEPT),
        # What a person used of late, whatever there was before.
        Index(
            "ix_job_user_id_created_at",
            *("user_id", "created_at", "tasks", "cpus", "started_at", "finished_at"),
        ),
        # All that a person's stored files and the orders of their list are reckoned from, so that ten thousand rows
        # need not be read for it.
        Index(
            "ix_job_user_id_figures",
            *("user_id", "deleted_at", "parent_id", "tasks", "stored_bytes", "started_at", "finished_at", "app_id"),
            *("created_at", "cpus", "state"),
        ),
        # What the author of an app and the administrators look at: of a hundred thousand jobs no row need be read.
        Index(
            "ix_job_app_id_figures",
            *("app_id", "created_at", "tasks", "state", "user_id", "version_id", "exit_code", "signal"),
            *("started_at", "finished_at", "peak_memory_bytes", "input_bytes"),
        ),
        Index("ix_job_created_at_state", "created_at", "tasks", "state"),
        Index("ix_job_state_finished_at", "state", "tasks", "finished_at"),
        Index(
            "ix_job_shown",
            *("app_id", "author_may_see", "deleted_at"),
            sqlite_where=text("author_may_see = 1"),
            postgresql_where=text("author_may_see"),
        ),
        Index(
            "ix_job_not_trashed",
            "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL AND trashed_at IS NULL"),
            postgresql_where=text("deleted_at IS NOT NULL AND trashed_at IS NULL"),
        ),
        # Few: those whose user waits for a mail. SQLite takes it only where the question has the same conditions, word
        # by word.
        Index(
            "ix_job_mail_wanted",
            "state",
            sqlite_where=text("mail_at_end = 1 AND mailed_at IS NULL"),
            postgresql_where=text("mail_at_end AND mailed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    """Travels with the Slurm job as its comment; anyone on the cluster may see it."""
    folder: Mapped[str] = mapped_column(String(40), unique=True)
    """40 hexadecimal digits: name of the job and control folders, and the key to the results. Not for others to see."""
    parent_id: Mapped[int | None] = mapped_column(index=True)
    """Of a task: the batch that it belongs to, whose array in Slurm runs it. (No foreign key: SQLite could add one only
    by making the table anew.)"""
    task: Mapped[int | None]
    """Of a task: its number in the array, 0 and up."""
    tasks: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Of a batch: how many tasks it has; 0 for every other job."""
    rerun_of: Mapped[int | None]
    """The job whose inputs it took over."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    app_id: Mapped[int] = mapped_column(ForeignKey("app.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("version.id"))
    sha256: Mapped[str] = mapped_column(String(64))
    """Digest of the image that it runs."""
    queue: Mapped[str] = mapped_column(String(32))
    param: Mapped[str] = mapped_column(default="")
    memory_mb: Mapped[int]
    cpus: Mapped[int]
    gpus: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    limit_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """What its queue allowed it when it was submitted; 0: it was submitted before this was noted."""
    state: Mapped[str] = mapped_column(String(16), default=JobState.CREATED.value)
    reason: Mapped[str] = mapped_column(default="")
    """One sentence: why it is in this state."""
    exit_code: Mapped[int | None]
    signal: Mapped[int | None]
    slurm_id: Mapped[int | None] = mapped_column(BigInteger)
    attempted_at: Mapped[datetime | None]
    """When the last sbatch for it was begun."""
    cancel_at: Mapped[datetime | None]
    """When somebody asked to cancel it; from then on it is not started any more, and ended where it runs."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    submitted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    """When Slurm or the job itself last said something new of it; see ``last_confirmed``."""
    absent_since: Mapped[datetime | None]
    """Since when a Slurm that answers does not know it."""
    missing: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was in no part of Slurm's last whole answer: then ``heard_at`` says nothing of it."""
    heard_at: Mapped[datetime | None] = column_property(
        select(Health.jobs_at).where(Health.name == CONTROLLER).scalar_subquery()
    )
    """When Slurm last confirmed all unfinished jobs but those that are ``missing``: one moment, kept once."""
    progress: Mapped[float | None]
    """0 to 1, as the app last said on its output."""
    progress_message: Mapped[str | None] = mapped_column(String(200))
    cpu_s: Mapped[float | None]
    """Seconds of processor time that it used."""
    peak_memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    input_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """Bytes of the files that were sent with it."""
    stored_bytes: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """Bytes of its files: its inputs, from its end on all that it left. Of a batch 0: its tasks have them."""
    log_tail: Mapped[str | None] = mapped_column(String(2000))
    """The last lines of its log, from its end on."""
    reruns: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """How often it was started anew because its node failed."""
    expires_at: Mapped[datetime | None]
    """When its files are removed."""
    noticed_at: Mapped[datetime | None]
    """When its user was told that they will be."""
    deleted_at: Mapped[datetime | None]
    """When its files were given up; the row stays."""
    trashed_at: Mapped[datetime | None]
    """When its folders had left their places; until then this is tried again."""

    mail_at_end: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its user wants a mail when it ends."""
    mailed_at: Mapped[datetime | None]
    """When that mail was queued."""
    author_may_see: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Its user lets the author of its app look at it; revocable."""

    user: Mapped[User] = relationship()
    app: Mapped[App] = relationship()
    version: Mapped[Version] = relationship()
    parent: Mapped[Job | None] = relationship(
        primaryjoin="foreign(Job.parent_id) == Job.id",
        remote_side="Job.id",
        viewonly=True,
    )
    files: Mapped[list[JobFile]] = relationship(order_by="JobFile.name", cascade="all, delete-orphan")
    inputs: Mapped[list[JobInput]] = relationship(order_by="JobInput.name", cascade="all, delete-orphan")

    @property
    def last_confirmed(self) -> datetime | None:
        """When Slurm or the job itself last said that it stands where it stands."""
        alone = self.missing or self.state == JobState.CREATED or JobState(self.state).is_final
        if alone or self.confirmed_at is None or self.heard_at is None:
            return self.confirmed_at
        return max(self.confirmed_at, self.heard_at)

    @property
    def batch(self) -> Job | None:
        """The batch whose array in Slurm runs it; a task that was started anew is a Slurm job of its own."""
        return self.parent if not self.reruns else None


class JobShare(Base):
    """A link by which somebody without an account looks at a job until a time."""

    __tablename__ = "job_share"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    secret: Mapped[str] = mapped_column(String(40), unique=True)
    """The last part of the link. Kept readable, as the job's folder is: its owner can copy the link again."""
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]


class JobEvent(Base):
    """One change of a job's state."""

    __tablename__ = "job_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    old: Mapped[str] = mapped_column(String(16))
    new: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    """Who said it: portal, controller, accounting, marker."""
    detail: Mapped[str] = mapped_column(default="")


class JobInput(Base):
    """One file that was sent with a job."""

    __tablename__ = "job_input"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    changed_ns: Mapped[int] = mapped_column(BigInteger)
    """The file's change time when it was accepted: nobody but the kernel sets that, so a file that still has it is
    the one that was sent."""
    sha256: Mapped[str | None] = mapped_column(String(64))
    """Known from the job's end on, unless the app changed the file."""


class IdempotencyKey(Base):
    """A key that a client sent with a POST, so that sending it again makes no second job."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what was sent."""
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class JobFile(Base):
    """One file of an ended job."""

    __tablename__ = "job_file"

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(1024), primary_key=True)
    """Flat and unique in its job: clients save it under this name."""
    path: Mapped[str]
    """Where it lies below the job folder, percent-encoded: a path of 4096 bytes takes three times as many."""
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
