"""Times as texts: RFC 3339 in UTC, one form everywhere."""

from datetime import UTC, datetime


def stamp(value: datetime | None) -> str | None:
    """Return ``2026-01-02T03:04:05.678Z``; None for None."""
    if value is None:
        return None
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
