"""Waits for what another process or thread does."""

import time
from collections.abc import Callable


def until(true: Callable[[], object], what: str, within_s: float = 20.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
