"""What authors need: properties of apps, their history, deleted versions, SSH keys."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NEW: dict[str, list[sa.Column[Any]]] = {
    "app": [
        sa.Column("gpus", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("base", sa.String(64), server_default="debian-13", nullable=False),
        sa.Column("auto_publish", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("default_version", sa.Integer(), nullable=True),
        sa.Column("icon_type", sa.String(16), nullable=True),
        sa.Column("icon_sha256", sa.String(64), nullable=True),
    ],
    "version": [
        sa.Column("origin", sa.String(16), server_default="folder", nullable=False),
        sa.Column("packages", sa.JSON(), nullable=True),
        sa.Column("recipe", sa.String(), nullable=True),
        sa.Column("signed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
    ],
    "job": [sa.Column("gpus", sa.Integer(), server_default=sa.text("0"), nullable=False)],
}


def upgrade() -> None:
    for table, columns in _NEW.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index(op.f("ix_version_deleted_at"), "version", ["deleted_at"])
    op.create_table(
        "app_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("old", sa.JSON(), nullable=False),
        sa.Column("new", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["app_id"], ["app.id"], name=op.f("fk_app_change_app_id_app")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_app_change_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_change")),
    )
    op.create_index("ix_app_change_app_id_id", "app_change", ["app_id", "id"])
    op.create_table(
        "ssh_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("bits", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ssh_key_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ssh_key")),
        sa.UniqueConstraint("user_id", "fingerprint", name=op.f("uq_ssh_key_user_id_fingerprint")),
    )


def downgrade() -> None:
    op.drop_table("ssh_key")
    op.drop_table("app_change")
    op.drop_index(op.f("ix_version_deleted_at"), "version")
    for table, columns in _NEW.items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
