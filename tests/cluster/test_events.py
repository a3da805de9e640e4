"""Events as they happen, over a portal that goes away in between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.cluster.portal import Portal, answers, service, until


@pytest.fixture(autouse=True)
def _portal_up_again() -> Iterator[None]:
    yield
    service("up", "portal")
    until("the portal answers", lambda: answers("portal"), within_s=60)


@contextmanager
def _feed(portal: Portal, last: int | None = None) -> Iterator[Iterator[dict[str, Any]]]:
    """The ``job`` events of the feed as they come."""
    headers = portal.auth | ({"Last-Event-ID": str(last)} if last is not None else {})
    with requests.get(f"{portal.url}/api/v1/events", headers=headers, stream=True, timeout=(10, 60)) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        lines = (line for line in answer.iter_lines(chunk_size=1, decode_unicode=True))
        yield (told for line in lines if line.startswith("data: ") and "state" in (told := json.loads(line[6:])))


def _states(told: list[dict[str, Any]], number: int) -> list[str]:
    return [one["state"] for one in told if one["job"] == number]


def test_the_feed_tells_a_job_while_it_runs(portal: Portal) -> None:
    told: list[dict[str, Any]] = []
    with _feed(portal) as events:
        number = portal.submit("probe", "count 1")
        for event in events:
            told.append(event)
            if event["job"] == number and event["state"] == "done":
                break
    states = _states(told, number)
    assert states[:2] == ["created", "submitted"]
    assert "running" in states


def test_a_restart_of_the_portal_loses_no_event(portal: Portal) -> None:
    with _feed(portal) as events:
        first = portal.submit("probe", "count 4")
        seen = next(event for event in events if event["job"] == first)
        service("down", "portal")
        rest = list(_rest(events))
    service("up", "portal")
    until("the portal answers", lambda: answers("portal"))
    last = rest[-1]["event"] if rest else seen["event"]
    second = portal.submit("probe", "count 0")
    for number in (first, second):
        portal.finished(number)
    after: list[dict[str, Any]] = []
    with _feed(portal, last) as events:
        for event in events:
            after.append(event)
            if {"done"} <= set(_states(after, first)) & set(_states(after, second)):
                break
    numbers = [event["event"] for event in [seen, *rest, *after]]
    assert numbers == sorted(set(numbers))
    with _feed(portal, seen["event"] - 1) as events:
        whole = [next(events) for _ in numbers]
    assert [event["event"] for event in whole] == numbers


def _rest(events: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    try:
        yield from events
    except requests.exceptions.RequestException:
        return


def test_a_jobs_stream_goes_on_over_a_restart_with_exactly_the_rest(portal: Portal) -> None:
    number = portal.submit("probe", "talk 12")
    url = f"{portal.url}/api/v1/jobs/{number}/events"
    text, offset = "", 0
    with requests.get(url, headers=portal.auth, stream=True, timeout=(10, 60)) as answer:
        for line in map(json.loads, answer.iter_lines(chunk_size=1)):
            if line.get("logs"):
                text, offset = text + line["logs"], line["offset"]
                if "line 2" in text:
                    break
    service("down", "portal")
    service("up", "portal")
    until("the portal answers", lambda: answers("portal"))
    answer = requests.get(url, params={"offset": offset}, headers=portal.auth, timeout=60)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[-1] == {"eof": None}
    text += "".join(line["logs"] for line in lines if "logs" in line)
    assert text == "".join(f"line {count}: ünï\n" for count in range(1, 13))
