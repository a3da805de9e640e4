"""What the tables of squeue and sacct have in common: rows with separators of our own, instants, exit codes."""

from datetime import UTC, datetime

from slurm.errors import AnswerUnreadable

# US, the ASCII unit separator, after every field, also the last. So a row ends with US and a newline, a newline or "|"
# in a name stays inside its field, and an answer that was cut does not end a row.
SEPARATOR = "\x1f"
_ROW_END = SEPARATOR + "\n"
_NO_TIME = frozenset({"", "unknown", "n/a", "none", "nan", "invalid", "(null)", "0"})


def split_rows(program: str, fields: tuple[str, ...], out: bytes) -> list[dict[str, str]]:
    """Split a table into rows of named fields.

    Bytes that are no UTF-8 become escapes. ``(null)``, which Slurm prints for an absent text, becomes empty.

    Raises:
        AnswerUnreadable: the table is cut, or a row has more or fewer fields than were asked for. The row is named; it
            is never dropped, as a missing row would look like a missing job.
    """
    return [split_row(program, fields, number, row) for number, row in enumerate(whole_rows(program, out), 1)]


def whole_rows(program: str, out: bytes) -> list[str]:
    """Cut a table into the texts of its rows.

    Raises:
        AnswerUnreadable: the table is cut.
    """
    return _whole(program, out, _ROW_END)


def whole_lines(program: str, out: bytes) -> list[str]:
    """Cut an answer into its lines, where no name of anybody's is in it.

    Raises:
        AnswerUnreadable: the answer is cut.
    """
    return _whole(program, out, "\n")


def split_row(program: str, fields: tuple[str, ...], number: int, row: str) -> dict[str, str]:
    """Return the named fields of one row; its number is for a sentence about it.

    Raises:
        AnswerUnreadable: it has more or fewer than were asked for.
    """
    values = row.split(SEPARATOR)
    if len(values) != len(fields):
        raise AnswerUnreadable(
            f"row {number} of {program} has {len(values)} fields instead of {len(fields)}: {row[:200]!r}"
        )
    return {name: _text(value) for name, value in zip(fields, values, strict=True)}


def _whole(program: str, out: bytes, end: str) -> list[str]:
    text = out.decode("utf-8", "backslashreplace")
    rows = text.split(end) if text else [""]
    if rows.pop() != "":
        raise AnswerUnreadable(f"the answer of {program} is cut: it ends with {text[-80:]!r}")
    return rows


def whole_number(program: str, what: str, text: str) -> int:
    """Return a whole number of 0 or more.

    Raises:
        AnswerUnreadable: the text is anything else.
    """
    if not (text.isascii() and text.isdigit()):
        raise AnswerUnreadable(f"{program} gave {text[:80]!r} as {what}")
    return int(text)


def job_id(program: str, text: str) -> int:
    """Return a job's id.

    Raises:
        AnswerUnreadable: the text is no whole number above 0.
    """
    number = whole_number(program, "job id", text)
    if not number:
        raise AnswerUnreadable(f"{program} gave 0 as a job id")
    return number


def task_index(program: str, text: str) -> int | None:
    """Return a task's number in its array; None for ``N/A`` and nothing, which Slurm prints for what is no task.

    Raises:
        AnswerUnreadable: the text is anything else, such as several tasks in one row.
    """
    return None if text in {"", "N/A"} else whole_number(program, "number of a task", text)


def instant(program: str, what: str, text: str) -> datetime | None:
    """Return an instant in UTC from seconds since 1970 (the commands run with ``SLURM_TIME_FORMAT=%s``).

    None for what Slurm prints when there is no such time: ``Unknown``, ``N/A``, ``None``, ``0``.

    Raises:
        AnswerUnreadable: the text is anything else.
    """
    if text.lower() in _NO_TIME:
        return None
    try:
        return datetime.fromtimestamp(whole_number(program, what, text), UTC)
    except (OverflowError, OSError, ValueError) as cause:
        raise AnswerUnreadable(f"{program} gave {text[:80]!r} as {what}") from cause


def exit_and_signal(program: str, text: str) -> tuple[int, int]:
    """Return the exit code and the signal of ``code:signal``, the form of sacct and squeue.

    Raises:
        AnswerUnreadable: the text is of another form.
    """
    code, colon, signal = text.partition(":")
    if not colon:
        raise AnswerUnreadable(f"{program} gave {text[:80]!r} as exit code")
    return whole_number(program, "exit code", code), whole_number(program, "signal", signal)


def _text(value: str) -> str:
    stripped = value.strip()
    return "" if stripped == "(null)" else stripped
