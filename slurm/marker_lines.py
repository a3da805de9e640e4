"""``key=value`` lines, the form of the records that a job's script leaves; nothing in them is guessed."""

import re
from datetime import UTC, datetime

from slurm.errors import AnswerUnreadable

_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def key_values(what: str, text: str) -> dict[str, str]:
    """Split ``key=value`` lines; every line must be ended, no key may come twice.

    Raises:
        AnswerUnreadable: a line is of another form, or the last one is cut.
    """
    if not text.endswith("\n"):
        raise AnswerUnreadable(f"the {what} is cut")
    values: dict[str, str] = {}
    for line in text[:-1].split("\n"):
        key, equals, value = line.partition("=")
        if not equals or key in values:
            raise AnswerUnreadable(f"the {what} holds the line {line[:80]!r}")
        values[key] = value
    return values


def number(what: str, values: dict[str, str], key: str, largest: int = 2**32 - 1) -> int:
    """Return a whole number of 0 to ``largest``.

    Raises:
        AnswerUnreadable: it is missing or anything else.
    """
    raw = values.get(key, "")
    if not (raw.isascii() and raw.isdigit() and len(raw) <= len(str(largest)) and int(raw) <= largest):
        raise AnswerUnreadable(f"the {what} holds no usable {key}: {raw[:80]!r}")
    return int(raw)


def seconds(what: str, values: dict[str, str], key: str) -> float:
    """Return a duration in seconds, with or without a fraction.

    Raises:
        AnswerUnreadable: it is missing or anything else.
    """
    raw = values.get(key, "")
    if not _SECONDS.fullmatch(raw):
        raise AnswerUnreadable(f"the {what} holds no usable {key}: {raw[:80]!r}")
    return float(raw)


def moment(what: str, values: dict[str, str], key: str) -> datetime:
    """Return an instant in UTC from seconds since 1970, with or without a fraction.

    Raises:
        AnswerUnreadable: it is missing or anything else.
    """
    raw = values.get(key, "")
    whole, _, fraction = raw.partition(".")
    if not all(part.isascii() and part.isdigit() for part in (whole, fraction or "0")):
        raise AnswerUnreadable(f"the {what} holds no usable {key}: {raw[:80]!r}")
    try:
        return datetime.fromtimestamp(float(raw), UTC)
    except (ValueError, OverflowError, OSError) as cause:
        raise AnswerUnreadable(f"the {what} holds no usable {key}: {raw[:80]!r}") from cause
