"""What people and scripts ask for most, one by one, in milliseconds: for ``scripts/bench --scale``."""

from collections.abc import Callable
from functools import partial

import requests

from tests.bench.browser import signed_in
from tests.bench.figures import median, quartiles
from tests.bench.line import Line
from tests.bench.rows.seen_done import Stream, delays_s
from tests.bench.site import Site, timed
from tests.bench.small import small_request, submit_small

FEW = 10
type Values = dict[str, tuple[float, tuple[float, float]]]
"""Of each row the median, and the quartiles."""


def note(values: Values, row: str, taken_s: list[float]) -> None:
    """Note what a row took each time, in seconds."""
    taken = [1000 * seconds for seconds in taken_s]
    values[row] = (median(taken), quartiles(taken))


def note_often(values: Values, row: str, often: int, act: Callable[[], object]) -> None:
    """Do something so often, and note what it takes; the first time does not count."""
    act()
    note(values, row, [timed(act) for _ in range(often)])


def ask_much(site: Site, values: Values) -> None:
    """Submissions, questions, pages, the end of a job, cancelling."""
    with Line(site) as line:
        request = small_request(line)
        number = submit_small(line, request)
        note_often(values, "submit", site.often, lambda: submit_small(line, request))
        job = line.request("GET", f"/api/v1/jobs/{number}")
        note_often(values, "GET of a job", site.often, lambda: line.ask(job))
        jobs = line.request("GET", "/api/v1/jobs?limit=20")
        note_often(values, "GET of the newest 20 jobs", site.often, lambda: line.ask(jobs))
        apps = line.request("GET", "/api/v1/apps/textstats")
        note_often(values, "GET of an app", site.often, lambda: line.ask(apps))
    with signed_in(site) as browser:
        pages = {"page, job list": "/jobs", "page, job": f"/jobs/{number}", "page, app": "/apps/textstats"}
        for row, path in pages.items():
            note_often(values, row, site.often, partial(_look, browser, site.portal.url + path))
    stream = Stream(site)
    try:
        note(values, "seen done", list(delays_s(site, stream, min(site.often, FEW))))
    finally:
        stream.close()
    note_often(values, "cancel", min(site.often, FEW), lambda: _cancel_one(site))


def _look(browser: requests.Session, address: str) -> None:
    browser.get(address, timeout=60).raise_for_status()


def _cancel_one(site: Site) -> None:
    with Line(site) as line:
        number = submit_small(line, small_request(line))
        line.ask(line.request("POST", f"/api/v1/jobs/{number}/cancel"))
