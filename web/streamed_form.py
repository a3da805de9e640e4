"""Reads a form with files: fields into a dictionary, files straight to their place on the shared file system.

The API and the run form's page read theirs so. Werkzeug's own form parser keeps each file in a temporary one first.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File
from werkzeug.sansio.request import Request as SansRequest
from werkzeug.wrappers import Request

from allgo_hpc.errors import BadInput, Refusal, TooLarge
from allgo_hpc.submitting.input_file import InputFile
from allgo_hpc.submitting.staging import Staging
from web.parts import MOST_HEADER_BYTES, read_parts

MOST_FIELDS = 200
MOST_FIELD_BYTES = 2 * 1024 * 1024
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""A token, as header names are (RFC 9110, 5.6.2)."""


_JOINED = frozenset({"job[uploads]", "job[paths]", "uploads", "paths"})
"""Fields that may come several times; of others the last one counts."""


def _put(fields: dict[str, str], name: str, value: str) -> None:
    """Add what came to the fields."""
    fields[name] = f"{fields[name]}\n{value}" if name in _JOINED and name in fields else value


type Checks = Callable[[str], None]


def read_form(request: Request, staging: Staging, *, check_name: Checks) -> dict[str, str]:
    """Return the fields of a POST, its files being in ``staging`` then.

    Args:
        request: whose body has not been read.
        staging: takes the files.
        check_name: refuses the name of a field.

    Raises:
        BadInput: a malformed body, a field or file name that may not be.
        TooLarge: more than the limits.
    """
    kind = request.mimetype
    if kind == "multipart/form-data":
        return _Reader(staging, check_name).read(_parts(request))
    if kind == "application/x-www-form-urlencoded" or not kind:
        return _read_urlencoded(request, check_name)
    raise BadInput(
        f"the Content-Type '{kind[:64]}' is none that a job can be sent in: use multipart/form-data",
        field="Content-Type",
        code="bad_form",
    )


def read_whole_form(
    request: Request, staging: Staging | None, *, check_name: Checks, gate: Callable[[str, str], None]
) -> tuple[dict[str, str], Refusal | None]:
    """Return the fields of a page's POST, all of them, and what was refused first.

    What is refused of a file does not end the reading: what was typed into the other fields would be lost, and a
    browser whose sending is cut off shows nothing of an answer. No file is kept from the refusal on.

    Args:
        request: whose body has not been read.
        staging: takes the files; None where the gate refuses all.
        check_name: refuses the name of a field.
        gate: gets name and value of the first field (empty texts if a file comes first), before anything is kept.

    Raises:
        BadInput: a malformed body.
        TooLarge: more fields than the limits.
    """
    if request.mimetype != "multipart/form-data":
        fields = _read_urlencoded(request, check_name)
        reader = _Reader(staging, check_name, gate)
        reader.pass_gate(*next(iter(fields.items()), ("", "")))
        return fields, reader.refusal
    reader = _Reader(staging, check_name, gate)
    return reader.read(_parts(request)), reader.refusal


def _parts(request: Request) -> Iterator[Event]:
    boundary = request.mimetype_params.get("boundary", "")
    if not boundary or not boundary.isascii():
        raise BadInput("the Content-Type has no boundary", field="Content-Type", code="bad_form")
    return read_parts(request.stream.readinto, boundary.encode(), request.content_length)  # type: ignore[attr-defined]


def _read_urlencoded(request: SansRequest, check_name: Checks) -> dict[str, str]:
    stream = request.stream  # type: ignore[attr-defined]
    body: bytes = stream.read(MOST_FIELD_BYTES + 1)
    if len(body) > MOST_FIELD_BYTES:
        raise TooLarge(f"the form has more than {MOST_FIELD_BYTES} bytes; send files as multipart/form-data")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeError as error:
        raise BadInput("the form is not UTF-8 text", code="bad_form") from error
    except ValueError as error:
        raise TooLarge(f"the form has more than {MOST_FIELDS} fields") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        check_name(name)
        _put(fields, name, value)
    return fields


class _Reader:
    """Follows the events of one body; with a gate, a file that is refused does not end it."""

    def __init__(
        self,
        staging: Staging | None,
        check_name: Checks,
        gate: Callable[[str, str], None] | None = None,
    ) -> None:
        self.refusal: Refusal | None = None
        self._check_name = check_name
        self._gate = gate
        self._lenient = gate is not None
        self._staging = staging
        self._fields: dict[str, str] = {}
        self._part: Field | File | None = None
        self._field = ""
        self._parts = 0
        self._value = bytearray()
        self._value_bytes = 0
        self._file: InputFile | None = None
        self._dropped = False

    def read(self, parts: Iterator[Event]) -> dict[str, str]:
        try:
            for event in parts:
                self._handle(event)
        except RequestEntityTooLarge as error:
            raise TooLarge(f"a part of the form has a header of more than {MOST_HEADER_BYTES} bytes") from error
        except UnicodeDecodeError as error:
            raise BadInput("a name in the form is not UTF-8 text", field="filename", code="bad_form") from error
        except ValueError as error:
            raise BadInput("the form is cut off or malformed", code="bad_form") from error
        finally:
            self._close()
        return self._fields

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):  # what is cut off is not kept
                self._file.close()

    def _handle(self, event: object) -> None:
        if isinstance(event, (Field, File)):
            self._begin(event)
        elif isinstance(event, Data):
            self._take(event)

    def _begin(self, part: Field | File) -> None:
        self._part, self._file, self._dropped = part, None, False
        self._value.clear()
        _check_headers(part)
        name: str | None = part.name  # typed as a text, but None where the part has none
        if not name:
            raise BadInput("a part of the form has no name", field="name", code="bad_form")
        self._field = name[:64] if name.isprintable() else "(what was sent)"
        # A browser sends an empty file field as a file without name or content: no input, no error.
        if isinstance(part, File) and part.filename:
            self.pass_gate("", "")
            self._begin_file(part.filename)
            return
        if isinstance(part, Field):
            self._check_name(name)
        self._parts += 1
        if self._parts > MOST_FIELDS:
            raise TooLarge(f"the form has more than {MOST_FIELDS} fields")

    def pass_gate(self, name: str, value: str) -> None:
        """Show the gate what came first; only that."""
        if self._gate is None:
            return
        gate, self._gate = self._gate, None
        try:
            gate(name, value)
        except Refusal as error:
            self.refusal = error

    def _begin_file(self, name: str) -> None:
        if self.refusal is not None or self._staging is None:
            self._dropped = True
            return
        try:
            self._file = self._staging.open_file(name, field=self._field)
        except Refusal as error:
            self._drop(error)

    def _drop(self, error: Refusal) -> None:
        """Keep no more of this file, nor of any after it."""
        if not self._lenient:
            raise error
        self._close()
        self.refusal, self._file, self._dropped = error, None, True

    def _write(self, event: Data) -> None:
        try:
            if self._file is not None:
                self._file.write(event.data)
                if not event.more_data:
                    self._file.finish()
        except Refusal as error:
            self._drop(error)

    def _take(self, event: Data) -> None:
        part = self._part
        if part is None:
            return
        if isinstance(part, File):
            if self._dropped:
                return
            if self._file is None and event.data:
                raise BadInput(f"{self._field}: a file without a name", field=self._field, code="bad_form")
            self._write(event)
            return
        self._value_bytes += len(event.data)
        if self._value_bytes > MOST_FIELD_BYTES:
            raise TooLarge(
                f"{self._field}: the fields have more than {MOST_FIELD_BYTES} bytes together", field=self._field
            )
        self._value += event.data
        if not event.more_data:
            try:
                _put(self._fields, part.name, self._value.decode())
            except UnicodeDecodeError as error:
                raise BadInput(f"{self._field}: not UTF-8 text", field=self._field) from error
            self.pass_gate(part.name, self._fields[part.name])


def _check_headers(part: Field | File) -> None:
    """Refuse a part whose headers were cut by a stray line break: a file would silently become a field."""
    whole = all(_HEADER_NAME.fullmatch(name) and value for name, value in part.headers)
    hidden_file = isinstance(part, Field) and "filename" in part.headers.get("Content-Disposition", "").lower()
    if not whole or hidden_file:
        raise BadInput(
            "a part of the form has a malformed header; a name may hold no line break",
            field="filename",
            code="bad_form",
        )
