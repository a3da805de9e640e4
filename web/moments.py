"""A point in time, as requests bring it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields


class Moment(fields.AwareDateTime):
    """Read as RFC 3339 with a zone, and told in UTC; what is no time in UTC (year 0 or 10000) is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> datetime:  # noqa: ANN401
        read: datetime = super()._deserialize(value, attr, data, **more)
        try:
            return read.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError("Not a valid datetime.") from error
