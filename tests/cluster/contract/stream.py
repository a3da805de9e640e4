"""Reading a job's events as they come."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from tests.cluster.portal import Portal

Lines = Iterator[dict[str, Any]]
SILENCE_S = 60
"""How long a stream may say nothing at all, not even a keepalive."""


@contextmanager
def events(portal: Portal, number: int, offset: int | None = None) -> Iterator[Lines]:
    """Open a job's stream; leaving the block cuts it."""
    query = {} if offset is None else {"offset": offset}
    url = f"{portal.url}/api/v1/jobs/{number}/events"
    with requests.get(url, params=query, headers=portal.auth, stream=True, timeout=(10, SILENCE_S)) as answer:
        assert answer.status_code == 200, answer.text
        yield (json.loads(line) for line in answer.iter_lines(chunk_size=1))


def all_events(portal: Portal, number: int, offset: int | None = None) -> list[dict[str, Any]]:
    with events(portal, number, offset) as lines:
        return list(lines)


def log_text(lines: list[dict[str, Any]]) -> str:
    return "".join(line["logs"] for line in lines if "logs" in line)


def statuses(lines: list[dict[str, Any]]) -> list[str]:
    return [line["status"] for line in lines if "status" in line]
