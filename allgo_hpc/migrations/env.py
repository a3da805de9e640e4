"""Runs the schema's changes; called by Alembic with the connection that `allgo-hpc db upgrade` opened."""

from typing import Any, Literal

from alembic import context

from allgo_hpc.models import Base, UtcDateTime


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:  # noqa: ANN401
    """Write our type of time as the plain one: a schema change must not depend on code that changes later."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
