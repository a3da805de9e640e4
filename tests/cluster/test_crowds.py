"""Many at once, slow ones, large ones, and a portal that is stopped meanwhile: everybody else is served."""

import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.cluster.crowds import (
    lines_to,
    memory_peak,
    processor_seconds,
    slow_uploads,
    slowest_get,
    still_open,
    streams,
)
from tests.cluster.lines import MULTIPART, Line, all_over, form, head, kept, staged
from tests.cluster.portal import SERVICES, Portal, answers, until

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def number(portal: Portal) -> int:
    """A job that has ended."""
    return int(portal.run("nothing")["id"])


def test_forty_slow_uploads_hold_nobody_up(portal: Portal, number: int) -> None:
    before = kept()
    with slow_uploads(portal, 40) as lines:
        until("all uploads have begun", lambda: staged() >= 40)
        assert slowest_get(portal, number, 50) < 2
        assert portal.finished(portal.submit("probe", "nothing"))["status"] == "done"
        assert staged() >= 40
    all_over(lines)
    after = kept()
    assert (after[0], after[3] - before[3]) == (before[0], 1), "nothing is left of the forty"


def test_three_hundred_streams_hold_nobody_up(portal: Portal, number: int) -> None:
    with streams(portal, 300) as lines:
        assert slowest_get(portal, number, 50) < 2
        began = len(still_open(lines))
        assert began >= 256
        assert portal.finished(portal.submit("probe", "nothing"))["status"] == "done"
        assert len(still_open(lines)) == began
    all_over(lines, within_s=60)


def test_who_keeps_a_connection_open_that_is_over_holds_nobody_up(portal: Portal, number: int) -> None:
    with lines_to(portal, 20) as lines:
        for line in lines:
            line.send(head(portal, "Connection: close", call="GET /api/v1/jobs/x"))
        assert slowest_get(portal, number, 20) < 2
        all_over(lines)


def test_two_hundred_polls_a_second_cost_less_than_one_processor(portal: Portal, number: int) -> None:
    url = f"{portal.url}/api/v1/jobs/{number}"
    tag = requests.get(url, headers=portal.auth, timeout=30).headers["ETag"]
    before = processor_seconds()

    def poll(times: int) -> set[int]:
        with requests.Session() as session:
            session.headers.update(portal.auth | {"If-None-Match": tag})
            return {session.get(url, timeout=30).status_code for _ in range(times)}

    with ThreadPoolExecutor(4) as pool:
        assert set().union(*pool.map(poll, [150] * 4)) == {304}
    assert (processor_seconds() - before) / 600 < 1 / 200


def test_headers_that_do_not_come_are_not_waited_for(portal: Portal, number: int) -> None:
    with lines_to(portal, 40) as lines:
        for line in lines:
            line.send(b"GET /api/v1/jobs HTTP/1.1\r\nHost: por")
        assert slowest_get(portal, number, 10) < 2
        for line in lines:
            (answer,) = line.answers()
            assert answer.status == 408
            answer.problem()
        all_over(lines)


@pytest.mark.parametrize("fill", [b"\r", b"\r\n", b"x"])
def test_a_body_of_256_mebibytes_needs_little_memory(portal: Portal, fill: bytes) -> None:
    start, before, peak = time.monotonic(), kept(), memory_peak()
    with Line(portal) as line:
        line.send(head(portal, MULTIPART, f"Content-Length: {256 * MEBIBYTE + 100}"))
        for _ in range(256):
            line.send(fill * (MEBIBYTE // len(fill)))
        (answer,) = line.answers(ends=False)
    assert answer.status == 413
    assert "2097152" in answer.problem()["error"]
    assert time.monotonic() - start < 20
    assert memory_peak() - peak < 64 * MEBIBYTE
    assert kept() == before


def test_the_portal_is_stopped_under_uploads_and_streams(portal: Portal) -> None:
    """Streams end at once, an upload that goes on is finished, one that does not is broken off; a new portal serves."""
    before, body = kept(), form(b"x" * 2_000_000)
    upload = head(portal, MULTIPART, f"Content-Length: {len(body)}") + body
    with streams(portal, 5) as opened, Line(portal, within_s=90) as moving, Line(portal, within_s=90) as stuck:
        for line in (moving, stuck):
            line.send(upload[: len(upload) // 2])
        until("both uploads have begun", lambda: staged() >= before[0] + 2)
        restart = threading.Thread(
            target=subprocess.run,
            args=(["sv", "-w", "60", "restart", str(SERVICES / "portal")],),
            kwargs={"capture_output": True},
        )
        restart.start()
        until("the streams have ended", lambda: not still_open(opened), within_s=5)
        moving.send(upload[len(upload) // 2 :])
        (answer,) = moving.answers(ends=False)
        assert answer.status == 200
        until("the stuck upload is broken off", stuck.is_over, within_s=40)
        restart.join(timeout=70)
    until("the new portal serves", lambda: answers("portal"))
    after = kept()
    assert (after[0], after[3] - before[3]) == (before[0], 1), "only the upload that was finished is kept"


def test_the_portal_asks_for_the_body_that_is_announced(portal: Portal) -> None:
    body = form(b"x")
    with Line(portal) as line:
        line.send(head(portal, MULTIPART, f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close"))
        assert line.socket.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.send(body)
        (answer,) = line.answers()
    assert answer.status == 200
