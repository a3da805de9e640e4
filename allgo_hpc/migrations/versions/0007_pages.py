"""What the pages need: browser sessions, groups, sharing, uploads in pieces, mails, announcements, an audit log."""

from secrets import token_hex
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_USER: list[sa.Column[Any]] = [
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("external_id", sa.String(500), nullable=True),
    sa.Column("cluster_account", sa.String(64), nullable=True),
    sa.Column("language", sa.String(8), nullable=True),
    sa.Column("mail_at_end", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("mail_before_removal", sa.Boolean(), server_default=sa.true(), nullable=False),
]
_APP: list[sa.Column[Any]] = [
    sa.Column("citation", sa.String(), server_default=sa.text("''"), nullable=False),
    sa.Column("example_job_id", sa.Integer(), nullable=True),
]
_JOB: list[sa.Column[Any]] = [
    sa.Column("mail_at_end", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("author_may_see", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("missing", sa.Boolean(), server_default=sa.false(), nullable=False),
]

_USED = ["user_id", "created_at", "tasks", "cpus", "started_at", "finished_at"]
_FIGURES = ["user_id", "deleted_at", "parent_id", "tasks", "stored_bytes", "started_at", "finished_at", "app_id"]
_FIGURES += ["created_at", "cpus", "state"]
_APP_FIGURES = ["app_id", "created_at", "tasks", "state", "user_id", "version_id", "exit_code", "signal"]
_APP_FIGURES += ["started_at", "finished_at", "peak_memory_bytes", "input_bytes"]


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, other: str, **more: Any) -> sa.ForeignKeyConstraint:  # noqa: ANN401
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"), **more)


def upgrade() -> None:
    _accounts()
    _apps_and_jobs()
    _notices()


def _accounts() -> None:
    for column in _USER:
        op.add_column("user", column)
    # SQLite takes a new column that may not be empty only with a default, and no new constraint without making the
    # table anew; so what has to be unique is an index.
    op.add_column("user", sa.Column("session_key", sa.String(64), server_default=sa.text("''"), nullable=False))
    connection = op.get_bind()
    user = sa.table(
        "user",
        sa.column("id", sa.Integer()),
        sa.column("session_key", sa.String()),
        sa.column("email", sa.String()),
        sa.column("confirmed_at", sa.DateTime()),
        sa.column("created_at", sa.DateTime()),
    )
    # Whoever is there was put there by an administrator, who knows the address.
    connection.execute(user.update().values(confirmed_at=user.c.created_at))
    for (number,) in connection.execute(sa.select(user.c.id)).all():
        connection.execute(user.update().where(user.c.id == number).values(session_key=token_hex(16)))
    _plain_addresses(connection, user)
    op.create_index(op.f("ix_user_session_key"), "user", ["session_key"], unique=True)
    op.create_index(op.f("ix_user_external_id"), "user", ["external_id"], unique=True)
    op.create_table(
        "user_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_group")),
        sa.UniqueConstraint("name", name=op.f("uq_user_group_name")),
    )
    op.create_table(
        "user_group_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        _key("user_group_member", "group_id", "user_group", ondelete="CASCADE"),
        _key("user_group_member", "user_id", "user"),
        sa.PrimaryKeyConstraint("group_id", "user_id", name=op.f("pk_user_group_member")),
    )
    op.create_index(op.f("ix_user_group_member_user_id"), "user_group_member", ["user_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        _moment("at"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("what", sa.String(64), nullable=False),
        sa.Column("about", sa.String(200), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(64), server_default=sa.text("''"), nullable=False),
        _key("audit", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_user_id"), "audit", ["user_id"])
    op.create_index("ix_audit_what_id", "audit", ["what", "id"])


def _plain_addresses(connection: sa.Connection, user: sa.TableClause) -> None:
    """Addresses are kept in lower case from now on. One that another, or an older, account has then stays as it is."""
    by_age = sa.select(user.c.id, user.c.email).order_by(user.c.id)
    addresses = {each.id: each.email for each in connection.execute(by_age)}
    taken = set(addresses.values())
    for number, email in addresses.items():
        plain = email.strip().lower()
        if plain not in taken:
            connection.execute(user.update().where(user.c.id == number).values(email=plain))
            taken.add(plain)


def _apps_and_jobs() -> None:
    for column in _APP:
        op.add_column("app", column)
    for column in _JOB:
        op.add_column("job", column)
    op.add_column("health", _moment("jobs_at", nullable=True))
    op.create_index("ix_job_user_id_app_id", "job", ["user_id", "app_id"])
    kept = sa.text("deleted_at IS NULL")
    op.create_index(
        "ix_job_user_id_expires_at", "job", ["user_id", "expires_at"], sqlite_where=kept, postgresql_where=kept
    )
    op.drop_index(op.f("ix_job_expires_at"), "job")
    op.create_index(
        op.f("ix_job_expires_at"), "job", ["parent_id", "expires_at"], sqlite_where=kept, postgresql_where=kept
    )
    op.create_index("ix_job_user_id_created_at", "job", _USED)
    op.create_index("ix_job_user_id_figures", "job", _FIGURES)
    op.create_index("ix_job_app_id_figures", "job", _APP_FIGURES)
    op.create_index("ix_job_created_at_state", "job", ["created_at", "tasks", "state"])
    op.create_index("ix_job_state_finished_at", "job", ["state", "tasks", "finished_at"])
    op.drop_index("ix_job_user_id_state", "job")
    op.create_index("ix_job_user_id_state_kind", "job", ["user_id", "state", "tasks", "parent_id"])
    op.create_index(
        "ix_job_shown",
        "job",
        ["app_id", "author_may_see", "deleted_at"],
        sqlite_where=sa.text("author_may_see = 1"),
        postgresql_where=sa.text("author_may_see"),
    )
    op.create_index(
        "ix_job_mail_wanted",
        "job",
        ["state"],
        sqlite_where=sa.text("mail_at_end = 1 AND mailed_at IS NULL"),
        postgresql_where=sa.text("mail_at_end AND mailed_at IS NULL"),
    )
    op.create_table(
        "app_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _key("app_share", "app_id", "app"),
        _key("app_share", "user_id", "user"),
        _key("app_share", "group_id", "user_group", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_app_share")),
        sa.UniqueConstraint("app_id", "user_id", name=op.f("uq_app_share_app_id_user_id")),
        sa.UniqueConstraint("app_id", "group_id", name=op.f("uq_app_share_app_id_group_id")),
    )
    op.create_index(op.f("ix_app_share_user_id"), "app_share", ["user_id"])
    op.create_index(op.f("ix_app_share_group_id"), "app_share", ["group_id"])
    op.create_table(
        "job_share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(40), nullable=False),
        _moment("created_at"),
        _moment("expires_at"),
        _key("job_share", "job_id", "job"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_share")),
        sa.UniqueConstraint("secret", name=op.f("uq_job_share_secret")),
    )
    op.create_index(op.f("ix_job_share_job_id"), "job_share", ["job_id"])
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        _moment("created_at"),
        _moment("touched_at"),
        _moment("finished_at", nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=True),
        _key("upload", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    op.create_index(op.f("ix_upload_user_id"), "upload", ["user_id"])
    op.create_index(op.f("ix_upload_touched_at"), "upload", ["touched_at"])


def _notices() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        _moment("created_at"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _moment("next_at", nullable=True),
        _moment("sent_at", nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index(op.f("ix_mail_next_at"), "mail", ["next_at"])
    op.create_table(
        "announcement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("level", sa.String(8), nullable=False),
        _moment("begins_at"),
        _moment("ends_at", nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        _moment("created_at"),
        _key("announcement", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
    )
    op.create_index(op.f("ix_announcement_ends_at"), "announcement", ["ends_at"])
    op.add_column("lease", sa.Column("took_s", sa.Double(), nullable=True))


def downgrade() -> None:
    op.drop_column("health", "jobs_at")
    op.drop_column("lease", "took_s")
    op.create_index("ix_job_user_id_state", "job", ["user_id", "state"])
    op.drop_index("ix_job_user_id_state_kind", "job")
    op.drop_index("ix_job_state_finished_at", "job")
    op.drop_index("ix_job_created_at_state", "job")
    op.drop_index("ix_job_app_id_figures", "job")
    op.drop_index("ix_job_user_id_figures", "job")
    op.drop_index("ix_job_user_id_created_at", "job")
    op.drop_index("ix_job_user_id_expires_at", "job")
    op.drop_index(op.f("ix_job_expires_at"), "job")
    op.create_index(op.f("ix_job_expires_at"), "job", ["expires_at"])
    op.drop_index("ix_job_user_id_app_id", "job")
    for table in (
        "announcement",
        "mail",
        "upload",
        "job_share",
        "app_share",
        "audit",
        "user_group_member",
        "user_group",
    ):
        op.drop_table(table)
    op.drop_index("ix_job_mail_wanted", "job")
    op.drop_index("ix_job_shown", "job")
    op.drop_index(op.f("ix_user_session_key"), "user")
    op.drop_index(op.f("ix_user_external_id"), "user")
    for table, columns in (("job", _JOB), ("app", _APP), ("user", [*_USER, sa.Column("session_key")])):
        for column in reversed(columns):
            op.drop_column(table, column.name)
