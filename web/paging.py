"""Cursors of lists that go newest first: the number below which the next page begins."""

from allgo_hpc.errors import BadInput

_LONGEST = 10  # "b" and what PostgreSQL's integer takes
CURSOR = {"pattern": "^b[0-9]{1,9}$", "description": "From the `next` of the page before."}
"""What the OpenAPI document says of it."""


def before_id(cursor: object) -> int | None:
    """Return the number that a cursor stands for; None without one.

    Raises:
        BadInput: it is not one that an answer gave.
    """
    if cursor is None:
        return None
    text = str(cursor)
    digits = text[1:]
    if not (text.startswith("b") and digits.isascii() and digits.isdigit() and len(text) <= _LONGEST):
        raise BadInput("cursor: take it from the `next` of the page before", field="cursor", code="bad_cursor")
    return int(digits)
