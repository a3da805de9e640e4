"""A file that is looked at, and the ways to its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request

from allgo_hpc.errors import BadInput
from allgo_hpc.models import Job, JobFile
from allgo_hpc.reading.fetching import read_part
from allgo_hpc.reading.previews.text import Encoding
from web.context import get_services
from web.pages.results.viewing import Viewing

_DIGITS = 15


@dataclass(frozen=True)
class Looked:
    """A listed file, its first bytes, and how these become text (None: it is none)."""

    view: Viewing
    job: Job
    task: int | None
    file: JobFile
    head: bytes
    encoding: Encoding | None

    @property
    def raw(self) -> str:
        """The address of its bytes."""
        return self.view.raw(self.file.name, self.task)

    def read(self, start: int, most: int) -> bytes:
        """Return some of its bytes."""
        return read_part(get_services().layout, self.job, self.file, start, most)

    def again(self, **more: object) -> str:
        """Return the address of this page with other words behind it."""
        words = {name: value for name, value in request.args.items() if name in {"task", "as", "delimiter"}}
        words |= {name: str(value) for name, value in more.items()}
        return f"{self.view.file(self.file.name)}?{urlencode(words)}"


@dataclass(frozen=True)
class Told:
    """What is shown: a template of ``results/previews/`` and what it takes."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


def start_wanted() -> int:
    """Return the byte that the address wants to begin at.

    Raises:
        BadInput: it is none.
    """
    text = request.args.get("from", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadInput("from: take it from the page before", field="from")
    return int(text)
