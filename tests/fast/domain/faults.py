"""Faults on the way to an accepted job: the n-th step that writes fails, for every n."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from allgo_hpc import durable

STEPS: list[tuple[Any, str]] = [
    (os, "fsync"), (durable, "_sync_file_systems"), (os, "mkdir"), (os, "rename"), (os, "replace"), (os, "open"),
    (Path, "write_bytes"), (Session, "flush"), (Session, "commit"),
]  # fmt: skip


class BrokenDatabaseError(Exception):
    """What the database raises when it is told to."""


@contextmanager
def fault_at(number: int) -> Iterator[list[str]]:
    """Let the step of that number (0 is the first) fail; gives the names of the steps that were taken."""
    taken: list[str] = []

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*given: Any, **more: Any) -> Any:
            taken.append(name)
            if len(taken) == number + 1:
                if name in {"flush", "commit"}:
                    raise BrokenDatabaseError
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*given, **more)

        return step

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in STEPS:
            patch.setattr(owner, name, wrapped(name, getattr(owner, name)))
        yield taken
