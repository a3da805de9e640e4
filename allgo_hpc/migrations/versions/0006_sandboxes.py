"""Sandboxes, commits, samples of apps, and what happens to them; versions that are not ready yet."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNDER_WAY = "finished_at IS NULL"
_NEW: list[sa.Column[Any]] = [
    sa.Column("ready", sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column("commit_id", sa.Integer(), nullable=True),
]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    for column in _NEW:
        op.add_column("version", column)
    op.create_index(op.f("ix_version_commit_id"), "version", ["commit_id"], unique=True)
    op.create_table(
        "sandbox",
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(100), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("anew", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("keys_sha256", sa.String(64), nullable=False),
        sa.Column("usage", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        _moment("created_at"),
        _moment("changed_at"),
        _key("sandbox", "app_id", "app"),
        _key("sandbox", "user_id", "user"),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_sandbox")),
    )
    op.create_table(
        "commit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(36), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("folder", sa.String(40), nullable=True),
        sa.Column("recipe", sa.String(), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("changelog", sa.String(), nullable=False),
        sa.Column("publish", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("log", sa.String(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("retry_of", sa.Integer(), nullable=True),
        _moment("abort_at", nullable=True),
        _moment("created_at"),
        _moment("changed_at"),
        _moment("finished_at", nullable=True),
        _key("commit", "app_id", "app"),
        _key("commit", "user_id", "user"),
        _key("commit", "version_id", "version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commit")),
        sa.UniqueConstraint("folder", name=op.f("uq_commit_folder")),
        sa.UniqueConstraint("uuid", name=op.f("uq_commit_uuid")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_commit_app_id_id", "commit", ["app_id", "id"])
    op.create_index(
        "ix_commit_under_way",
        "commit",
        ["app_id"],
        unique=True,
        sqlite_where=sa.text(_UNDER_WAY),
        postgresql_where=sa.text(_UNDER_WAY),
    )
    op.create_table(
        "app_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("commit_id", sa.Integer(), nullable=True),
        _moment("at"),
        sa.Column("old", sa.String(16), nullable=False),
        sa.Column("new", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        _key("app_event", "app_id", "app"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_event")),
    )
    op.create_index("ix_app_event_app_id_id", "app_event", ["app_id", "id"])
    op.create_table(
        "sample",
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(40), nullable=False),
        sa.Column("param", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        _moment("created_at"),
        _key("sample", "app_id", "app"),
        _key("sample", "user_id", "user"),
        sa.PrimaryKeyConstraint("app_id", name=op.f("pk_sample")),
        sa.UniqueConstraint("folder", name=op.f("uq_sample_folder")),
    )


def downgrade() -> None:
    for table in ("sample", "app_event", "commit", "sandbox"):
        op.drop_table(table)
    op.drop_index(op.f("ix_version_commit_id"), "version")
    for column in reversed(_NEW):
        op.drop_column("version", column.name)
