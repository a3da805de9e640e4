"""Days that are typed into filters."""

from datetime import UTC, date, datetime, time

from allgo_hpc.errors import BadInput


def read_day(text: str, field: str) -> datetime | None:
    """Return when a day that was typed begins, in UTC; None for none.

    Raises:
        BadInput: it is no day.
    """
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
        return datetime.combine(found, time(), UTC) if 1970 <= found.year < 9999 else _refuse(field)  # noqa: PLR2004
    except ValueError:
        return _refuse(field)


def _refuse(field: str) -> datetime:
    raise BadInput(f"{field}: a day such as 2026-01-31", field=field)
