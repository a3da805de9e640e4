"""Answers that hold the list of a job's files: whole where it is short, in pieces as it is read where it is long."""

import json
import logging
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from flask import Response, current_app
from sqlalchemy.orm import Session

from allgo_hpc.models import Job
from allgo_hpc.reading.listed import PAGE, ListChanged, Listed, count_listed, first_page, following_pages
from web.context import get_session

_log = logging.getLogger(__name__)
_EMPTY = {"{}": ("{", "}"), "[]": ("[", "]")}
_COMPACT = (",", ":")


def answer_with_files(told: dict[str, Any], key: str, job: Job, piece: Callable[[Listed], str]) -> Response:
    """Return ``told`` with the files of a job under ``key``, which stands there as an empty object or list.

    Args:
        told: the answer but for its files.
        key: where these go.
        job: whose.
        piece: what stands for one file, as JSON: a member of the object, or an element of the list.
    """
    first = first_page(get_session(), job)
    opening, closing = _EMPTY[json.dumps(told[key])]
    text = current_app.json.dumps(told, separators=_COMPACT)
    # In a text of the answer a quotation mark has a backslash before it: this stands there once.
    head, tail = text.split(f"{json.dumps(key)}:{opening}{closing}", 1)
    start, end = f"{head}{json.dumps(key)}:{opening}", f"{closing}{tail}\n"
    if len(first) < PAGE:
        return current_app.response_class(f"{start}{_joined(first, piece)}{end}", mimetype="application/json")
    total = count_listed(get_session(), job)
    bind = get_session().get_bind()
    get_session().commit()  # nothing of the database is held while it is fetched
    rest = following_pages(lambda: Session(bind), job, first, total)
    pieces = _stream(start, chain([first], rest), piece, end)
    return current_app.response_class(pieces, mimetype="application/json")


def _stream(start: str, pages: Iterator[list[Listed]], piece: Callable[[Listed], str], end: str) -> Iterator[str]:
    yield start
    begun = False
    try:
        for page in pages:
            if page:
                yield ("," if begun else "") + _joined(page, piece)
                begun = True
    except ListChanged as error:
        # The server ends the connection without the last chunk, which is how the client learns of it.
        _log.warning("a list is broken off: %s", error)
        raise
    yield end


def _joined(page: list[Listed], piece: Callable[[Listed], str]) -> str:
    return ",".join(map(piece, page))
