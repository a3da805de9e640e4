"""``scripts/bench --scale``: the same questions at each size, on both databases, and with jobs that wait in Slurm."""

import subprocess
import time
from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

import click
import requests

from tests.bench.database import KINDS, fresh_database
from tests.bench.figures import median, quartiles
from tests.bench.line import KIND, Line, form
from tests.bench.rows.seen_done import Stream, delays_s
from tests.bench.scale import SIZES, Growth
from tests.bench.site import Site, held, open_site, timed
from tests.bench.small import small_request, submit_small
from tests.bench.stored import stock

WAITING = 10_000
_IN_A_BATCH = 1000
_APART_S = 300
"""One person's job each five minutes: 100 000 are a year's, of which those of the last 30 days have their files."""
type Values = dict[str, tuple[float, tuple[float, float]]]


def measure_growth(often: int) -> list[tuple[str, Growth]]:
    """Measure on each database at each size; returns the growth of each row with its database's name."""
    told = []
    for kind in KINDS:
        with fresh_database(kind):
            site = open_site(often)
            found: list[Values] = []
            stored = 0
            for size in SIZES:
                if size > stored:
                    click.echo(f"bench: {kind}: storing {size - stored} jobs", err=True)
                    stock("make", size - stored, 0, 0, 0, _APART_S)
                    stored = size
                click.echo(f"bench: {kind}: {size} jobs", err=True)
                with held("batch"):
                    found.append(_measure(site))
            told += [(kind, _growth(row, SIZES, found)) for row in found[0]]
            click.echo(f"bench: {kind}: {WAITING} jobs that wait", err=True)
            with held("batch"):
                few = _measure(site)
                _wait_in_slurm(site)
                many = _measure(site)
            told += [(f"{kind}, waiting in Slurm", _growth(row, (1, WAITING), [few, many])) for row in few]
    return told


def _growth(row: str, sizes: tuple[int, ...], found: list[Values]) -> Growth:
    spread = max((high - low) / middle if middle else 0.0 for middle, (low, high) in (values[row] for values in found))
    return Growth(row=row, unit="ms", sizes=sizes, values=[values[row][0] for values in found], spread=spread)


def _measure(site: Site) -> Values:
    """Medians and quartiles, in milliseconds, of what people and scripts ask for most."""
    values: Values = {}
    with Line(site) as line:
        request = small_request(line)
        number = submit_small(line, request)
        _note(values, "POST of a job", site.often, lambda: submit_small(line, request))
        job = line.request("GET", f"/api/v1/jobs/{number}")
        _note(values, "GET of a job", site.often, lambda: line.ask(job))
        jobs = line.request("GET", "/api/v1/jobs?limit=20")
        _note(values, "GET of the newest 20 jobs", site.often, lambda: line.ask(jobs))
        apps = line.request("GET", "/api/v1/apps/textstats")
        _note(values, "GET of an app", site.often, lambda: line.ask(apps))
    with _browser(site) as browser:
        pages = {"page of my jobs": "/jobs", "page of a job": f"/jobs/{number}", "page of an app": "/apps/textstats"}
        for row, path in pages.items():
            _note(values, row, site.often, partial(_look, browser, site.portal.url + path))
    stream = Stream(site)
    try:
        told = [1000 * delay for delay in delays_s(site, stream, min(site.often, 10))]
    finally:
        stream.close()
    values["end of a job, until it is told"] = (median(told), quartiles(told))
    _note(values, "cancel", min(site.often, 10), lambda: _cancel_one(site))
    return values


def _note(values: Values, row: str, often: int, act: Callable[[], object]) -> None:
    act()
    taken = [1000 * timed(act) for _ in range(often)]
    values[row] = (median(taken), quartiles(taken))


def _look(browser: requests.Session, address: str) -> None:
    browser.get(address, timeout=60).raise_for_status()


def _cancel_one(site: Site) -> None:
    with Line(site) as line:
        number = submit_small(line, small_request(line))
        line.ask(line.request("POST", f"/api/v1/jobs/{number}/cancel"))


def _browser(site: Site) -> requests.Session:
    """A session that is signed in at the pages."""
    session = requests.Session()
    session.trust_env = False
    page = session.get(f"{site.portal.url}/login", timeout=60).text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    values = site.portal.values
    fields = {"csrf_token": token, "email": values["ALLGO_USER"], "password": values["ALLGO_PASSWORD"]}
    answer = session.post(f"{site.portal.url}/login", data=fields, timeout=60)
    if urlsplit(answer.url).path == "/login":
        raise ValueError(f"the sign-in failed: {answer.status_code}")
    return session


def _wait_in_slurm(site: Site) -> None:
    """Let jobs of the portal wait in Slurm: batches to a partition that starts none."""
    files = {f"text-{number:04}.txt": b"one two three\n" for number in range(_IN_A_BATCH)}
    fields = {"job[webapp_name]": "textstats", "job[queue]": "batch", "job[batch]": "each"}
    with Line(site) as line:
        request = line.request("POST", "/api/v1/jobs", form(fields, files), kind=KIND)
        for _ in range(WAITING // _IN_A_BATCH):
            if not line.ask(request)["slurm_id"]:
                raise ValueError("Slurm did not take a batch: its MaxJobCount must be above what waits")
    deadline = time.monotonic() + 300  # until the sweep knows them all, so that it is at rest when it is measured
    while _pending() < WAITING:
        if time.monotonic() > deadline:
            raise TimeoutError("the jobs are not seen to wait")
        time.sleep(0.5)


def _pending() -> int:
    """How many jobs wait in Slurm, each task of an array for itself."""
    told = subprocess.run(["squeue", "-h", "-r", "-t", "PD", "-o", "%i"], check=True, capture_output=True, text=True)
    return len(told.stdout.splitlines())
