"""Many rows by one statement: sent as one list, which the database takes apart. For what a batch does a thousand times.

A thousand rows that are sent as rows take SQLAlchemy five to ten times as long: it binds each value of each of them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, Connection, bindparam, cast, column, func

type Row = Sequence[int | str | None]


class Listed:
    """Rows as a table of a statement on this connection: SQLite's ``json_each`` or PostgreSQL's function for the same.

    Attributes:
        table: what the statement selects from; its rows have the order of the list.
    """

    def __init__(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Take whole numbers of 64 bits, texts, and None."""
        each = func.json_array_elements if connection.dialect.name == "postgresql" else func.json_each
        sent = bindparam("listed", [list(row) for row in rows], type_=JSON)
        self.table = each(sent).table_valued(column("value", JSON), name="listed")

    def text(self, number: int) -> ColumnElement[str]:
        """Return the column of this number, from 0, as texts."""
        found: Any = self.table.c.value
        text: ColumnElement[str] = found[number].as_string()
        return text

    def integer(self, number: int) -> ColumnElement[int]:
        """Return the column of this number, from 0, as whole numbers of 64 bits."""
        return cast(self.text(number), BigInteger)
