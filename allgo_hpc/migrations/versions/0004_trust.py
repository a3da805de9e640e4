"""Quotas, what a job stored and last said, starts after a node's failure, notices, the cluster's health."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NEW: dict[str, list[sa.Column]] = {  # type: ignore[type-arg]
    "app": [
        sa.Column("input_max_bytes", sa.BigInteger(), nullable=True),
        sa.Column("rerun_after_node_failure", sa.Boolean(), server_default=sa.false(), nullable=False),
    ],
    "job": [
        sa.Column("input_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("stored_bytes", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("log_tail", sa.String(2000), nullable=True),
        sa.Column("reruns", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trashed_at", sa.DateTime(timezone=True), nullable=True),
    ],
    "job_input": [sa.Column("sha256", sa.String(64), nullable=True)],
}
_NOT_TRASHED = "deleted_at IS NOT NULL AND trashed_at IS NULL"


def upgrade() -> None:
    for table, columns in _NEW.items():
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_job_user_id_state", "job", ["user_id", "state"])
    op.create_index(
        "ix_job_not_trashed",
        "job",
        ["deleted_at"],
        sqlite_where=sa.text(_NOT_TRASHED),
        postgresql_where=sa.text(_NOT_TRASHED),
    )
    op.create_table(
        "user_quota",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("jobs_at_once", sa.Integer(), nullable=True),
        sa.Column("jobs_a_day", sa.Integer(), nullable=True),
        sa.Column("stored_bytes", sa.BigInteger(), nullable=True),
        sa.Column("core_hours_a_month", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_quota_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_quota")),
    )
    op.create_table(
        "health",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_health")),
    )
    op.execute(
        "UPDATE job SET stored_bytes = (SELECT coalesce(sum(job_file.size), 0) FROM job_file "
        "WHERE job_file.job_id = job.id)"
    )


def downgrade() -> None:
    op.drop_table("health")
    op.drop_table("user_quota")
    op.drop_index("ix_job_not_trashed", "job")
    op.drop_index("ix_job_user_id_state", "job")
    for table, columns in _NEW.items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
