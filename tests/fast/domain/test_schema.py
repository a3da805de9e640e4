"""The schema that the changes make is the one that the models say, on both kinds of database."""

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from allgo_hpc.database import make_engine
from allgo_hpc.models import Base
from allgo_hpc.schema import is_current, upgrade
from tests.fast.domain.conftest import NEED_SERVER
from tests.fast.domain.databases import KINDS, Databases


@pytest.fixture(params=[pytest.param(kind, marks=NEED_SERVER if kind != "sqlite" else ()) for kind in KINDS])
def empty(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Engine]:
    with databases.fresh(request.param, migrated=False) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def test_an_empty_database_is_brought_to_the_models(empty: Engine) -> None:
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing(empty: Engine) -> None:
    upgrade(empty)
    before = {table: inspect(empty).get_columns(table).__repr__() for table in inspect(empty).get_table_names()}
    upgrade(empty)
    assert {table: inspect(empty).get_columns(table).__repr__() for table in inspect(empty).get_table_names()} == before


def test_the_models_alone_are_not_taken_for_an_upgraded_database(empty: Engine) -> None:
    Base.metadata.create_all(empty)
    assert not is_current(empty)
