"""Reads a job's POST: fields into a dictionary, files straight to their place on the shared file system.

Werkzeug's own form parser keeps each file in a temporary one first; its decoder, which this uses, only cuts the stream.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import parse_qsl

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData, Preamble
from werkzeug.sansio.request import Request as SansRequest
from werkzeug.wrappers import Request

from allgo_hpc.errors import BadInput, TooLarge
from allgo_hpc.submitting.staging import InputFile, Staging, storage_errors
from web.api.jobs.form import MOST_FIELD_BYTES, MOST_FIELDS, check_field_name, put_field

CHUNK = 1024 * 1024
"""One mebibyte: four times as fast as the 64 KiB of a form parser, and small beside a worker's memory."""
MOST_HEADER_BYTES = 2 * CHUNK
"""Of what the decoder keeps until it is whole: the headers of a part, and what stands before the first."""
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
"""A token, as header names are (RFC 9110, 5.6.2)."""


def read_form(request: Request, staging: Staging) -> dict[str, str]:
    """Return the fields of a POST, its files being in ``staging`` then.

    Raises:
        BadInput: a malformed body, a field or file name that may not be.
        TooLarge: more than the limits.
    """
    kind = request.mimetype
    if kind == "multipart/form-data":
        boundary = request.mimetype_params.get("boundary", "")
        if not boundary or not boundary.isascii():
            raise BadInput("the Content-Type has no boundary", field="Content-Type", code="bad_form")
        return _Reader(staging, boundary.encode()).read(_chunks(request))
    if kind == "application/x-www-form-urlencoded" or not kind:
        return _read_urlencoded(request)
    raise BadInput(
        f"the Content-Type '{kind[:64]}' is none that a job can be sent in: use multipart/form-data",
        field="Content-Type",
        code="bad_form",
    )


def _chunks(request: Request) -> Iterator[bytes | None]:
    while data := request.stream.read(CHUNK):
        yield data
    yield None


def _read_urlencoded(request: SansRequest) -> dict[str, str]:
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
        check_field_name(name)
        put_field(fields, name, value)
    return fields


class _Reader:
    """Follows the decoder's events through one body."""

    def __init__(self, staging: Staging, boundary: bytes) -> None:
        self._staging = staging
        self._decoder = MultipartDecoder(boundary, max_form_memory_size=MOST_HEADER_BYTES)
        self._fields: dict[str, str] = {}
        self._part: Field | File | None = None
        self._field = ""
        self._parts = 0
        self._value = bytearray()
        self._value_bytes = 0
        self._file: InputFile | None = None
        self._open = ExitStack()

    def read(self, chunks: Iterator[bytes | None]) -> dict[str, str]:
        with self._open:
            try:
                for chunk in chunks:
                    self._decoder.receive_data(chunk)
                    while not isinstance(event := self._decoder.next_event(), (NeedData, Epilogue)):
                        self._handle(event)
            except RequestEntityTooLarge as error:
                raise TooLarge(f"a part of the form has a header of more than {MOST_HEADER_BYTES} bytes") from error
            except UnicodeDecodeError as error:
                raise BadInput("a name in the form is not UTF-8 text", field="filename", code="bad_form") from error
            except ValueError as error:
                raise BadInput("the form is cut off or malformed", code="bad_form") from error
        return self._fields

    def _handle(self, event: object) -> None:
        if isinstance(event, Preamble):
            return
        if isinstance(event, (Field, File)):
            self._begin(event)
        elif isinstance(event, Data):
            self._take(event)

    def _begin(self, part: Field | File) -> None:
        self._part, self._file = part, None
        self._value.clear()
        _check_headers(part)
        name: str | None = part.name  # typed as a text, but None where the part has none
        if not name:
            raise BadInput("a part of the form has no name", field="name", code="bad_form")
        self._field = name[:64] if name.isprintable() else "(what was sent)"
        # A browser sends an empty file field as a file without name or content: no input, no error.
        if isinstance(part, File) and part.filename:
            self._file = self._open.enter_context(self._staging.new_file(part.filename, field=self._field))
            return
        if isinstance(part, Field):
            check_field_name(name)
        self._parts += 1
        if self._parts > MOST_FIELDS:
            raise TooLarge(f"the form has more than {MOST_FIELDS} fields")

    def _take(self, event: Data) -> None:
        part = self._part
        if part is None:
            return
        if isinstance(part, File):
            if self._file is None and event.data:
                raise BadInput(f"{self._field}: a file without a name", field=self._field, code="bad_form")
            if self._file is not None:
                self._file.write(event.data)
            if not event.more_data:
                with storage_errors():
                    self._open.close()
            return
        self._value_bytes += len(event.data)
        if self._value_bytes > MOST_FIELD_BYTES:
            raise TooLarge(
                f"{self._field}: the fields have more than {MOST_FIELD_BYTES} bytes together", field=self._field
            )
        self._value += event.data
        if not event.more_data:
            try:
                put_field(self._fields, part.name, self._value.decode())
            except UnicodeDecodeError as error:
                raise BadInput(f"{self._field}: not UTF-8 text", field=self._field) from error


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
