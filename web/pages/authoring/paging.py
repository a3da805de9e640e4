"""Where a list goes on: ``?before=<number>``."""

_DIGITS = 9  # what PostgreSQL's integer takes


def before_of(text: str | None) -> int | None:
    """Return the number below which the page begins; None for the first page, also where it is no number. Pure."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else None
