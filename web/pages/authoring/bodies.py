"""How large the forms of these pages may be, and the small files that they bring."""

from flask import request

from allgo_hpc.errors import TooLarge

_FIELDS = 4 * 1024 * 1024
"""Bytes: a description of 100 000 characters, each of nine when it is sent; fifty parameters with their choices."""
_MOST_PARTS = 4000


def limit_form(files: int = 0) -> None:
    """Say how large the form may be that is about to be read; call it first.

    Raises:
        TooLarge: it says itself that it is larger.
    """
    most = _FIELDS + files
    if (request.content_length or 0) > most:
        raise TooLarge(f"the form has {request.content_length} bytes; the limit is {most}")
    request.max_content_length, request.max_form_memory_size = most, _FIELDS
    request.max_form_parts = _MOST_PARTS


def sent_file(name: str) -> bytes:
    """Return the content of a small file of the form; empty where none was chosen."""
    file = request.files.get(name)
    return file.read() if file is not None else b""
