"""A database that was in use is brought to the pages' schema with what it holds, and back, on both kinds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import Engine

from allgo_hpc.database import make_engine
from allgo_hpc.schema import _config, is_current, upgrade
from tests.fast.domain.conftest import NEED_SERVER
from tests.fast.domain.databases import KINDS, Databases

AT = datetime(2026, 3, 5, 12, tzinfo=UTC)
ADDRESSES = {1: "Ada@Example.org", 2: "ada@example.org", 3: "BOB@EXAMPLE.ORG", 4: "Eve@x.org", 5: "EVE@x.org"}


@pytest.fixture(params=[pytest.param(kind, marks=NEED_SERVER if kind != "sqlite" else ()) for kind in KINDS])
def used(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    """A database of the release before the pages, with a row in each table."""
    with databases.fresh(request.param, migrated=False) as url:
        engine = make_engine(url)
        with engine.begin() as connection:
            command.upgrade(_config(connection), "0006")
        _fill(engine)
        yield engine
        engine.dispose()


def _fill(engine: Engine) -> None:
    """Put a row into each table: users with the addresses above, all else of the first of each."""
    meta = sa.MetaData()
    meta.reflect(engine)
    with engine.begin() as connection:
        for table in meta.sorted_tables:
            if table.name == "alembic_version":
                continue
            for number in ADDRESSES if table.name == "user" else (1,):
                row = {column.name: _value(column, number) for column in table.columns}
                if table.name == "user":
                    row["email"] = ADDRESSES[number]
                connection.execute(table.insert().values(row))


def _value(column: sa.Column[Any], number: int) -> object:
    if column.foreign_keys or (column.primary_key and isinstance(column.type, sa.Integer)):
        return 1 if column.foreign_keys else number
    if column.nullable:
        return None
    kind = column.type
    if isinstance(kind, sa.DateTime):
        return AT
    if isinstance(kind, sa.Boolean):
        return True
    if isinstance(kind, sa.JSON):
        return {"a": [1, "é"]}
    return f"{column.name[:20]}-{number}" if isinstance(kind, sa.String) else number


def _rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    meta = sa.MetaData()
    meta.reflect(engine)
    with engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in connection.execute(table.select().order_by(*table.columns[:1]))]
            for table in meta.sorted_tables
            if table.name != "alembic_version"
        }


def test_rows_stay_and_addresses_are_in_lower_case(used: Engine) -> None:
    before = _rows(used)
    assert all(before.values())
    upgrade(used)
    assert is_current(used)
    after = _rows(used)
    for table, rows in before.items():
        for old, new in zip(rows, after[table], strict=True):
            same = {name: value for name, value in new.items() if name in old and (table, name) != ("user", "email")}
            assert same == {name: value for name, value in old.items() if (table, name) != ("user", "email")}
    # The second has the first one's address already, and the fourth came before the fifth.
    assert {row["id"]: row["email"] for row in after["user"]} == {
        1: "Ada@Example.org", 2: "ada@example.org", 3: "bob@example.org", 4: "eve@x.org", 5: "EVE@x.org",
    }  # fmt: skip
    assert all(row["confirmed_at"] == row["created_at"] for row in after["user"])
    keys = [row["session_key"] for row in after["user"]]
    assert len({*keys, ""}) == len(ADDRESSES) + 1


def test_back_to_the_release_before_and_forth_again(used: Engine) -> None:
    before = _rows(used)
    upgrade(used)
    with used.begin() as connection:
        command.downgrade(_config(connection), "0006")
    back = _rows(used)
    for rows in (before["user"], back["user"]):
        for row in rows:
            row["email"] = row["email"].lower()
    assert back == before
    upgrade(used)
    assert is_current(used)
