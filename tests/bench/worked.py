"""The rows that are no single question, each in small and in milliseconds: for ``scripts/bench --scale``."""

from tests.bench.asked import FEW, Values, note, note_often
from tests.bench.crowd import crowd
from tests.bench.jobs import publish, run_job
from tests.bench.line import Line
from tests.bench.rows.bulk import TASKS, bulk_request, submit_bulk
from tests.bench.rows.commit import commit_s, sandbox
from tests.bench.rows.start import started_after_s
from tests.bench.rows.sweep import changed_sweep_s
from tests.bench.rows.throughput import portal_per_s
from tests.bench.rows.whole import portal_s
from tests.bench.site import Site
from tests.bench.stored import stock, stored_job
from tests.bench.transfer import fetch, give_up, patch_large, post_large, settle_disk
from tests.cluster.crowds import streams

_TIMES = 3
_BATCHES = 2
_MEBIBYTES = 128
_STREAMS = 200
_JOBS = 200
_WHOLE = 40
_EXPIRED = 500
_CROWD = 500
_CHANGED = 12


def transfer_files(site: Site, values: Values) -> None:
    """A file in a POST, as a resumable upload, and as a result."""
    taken: dict[str, list[float]] = {"upload": [], "upload, resumable": []}
    give_up(site, post_large(site, 8)[0])
    with site.session as session:
        for _ in range(_TIMES):
            settle_disk()
            number, seconds = post_large(site, _MEBIBYTES)
            taken["upload"].append(seconds)
            give_up(site, number)
            settle_disk()
            path, seconds = patch_large(site, _MEBIBYTES)
            taken["upload, resumable"].append(seconds)
            session.delete(f"{site.portal.url}{path}", headers={"Tus-Resumable": "1.0.0"}, timeout=60)
    for row, seconds_each in taken.items():
        note(values, f"{row}, 128 MiB", seconds_each)
    with stored_job(site, _MEBIBYTES, row_stays=True) as (number, path_of):
        url = f"{site.portal.url}/api/v1/datastore/{number}/{path_of.name}"
        token = f"Authorization: {site.portal.auth['Authorization']}"
        note_often(values, "download, 128 MiB", FEW, lambda: fetch(url, token))


def open_streams(site: Site, values: Values) -> None:
    """What a GET of a job takes meanwhile."""
    with Line(site) as line:
        jobs = line.ask(line.request("GET", "/api/v1/jobs?limit=1"))["jobs"]
        request = line.request("GET", f"/api/v1/jobs/{jobs[0]['id']}")
        with streams(site.portal, _STREAMS):
            note_often(values, f"streams: GET with {_STREAMS}", site.often, lambda: line.ask(request))


def submit_many(site: Site, values: Values) -> None:
    """Eight clients, and batches of a thousand files; the batches are cancelled again."""
    note(values, "throughput, a job", [1 / portal_per_s(site, _JOBS) for _ in range(_TIMES)])
    with Line(site) as line:
        request = bulk_request(line)
        made: list[int] = []
        note_often(values, f"bulk, {TASKS} files", _BATCHES, lambda: made.append(submit_bulk(line, request)))
        for number in made:
            line.ask(line.request("POST", f"/api/v1/jobs/{number}/cancel"))


def run_some(site: Site, values: Values) -> None:
    """From a POST to the app's first line, and some jobs from POST to results listed."""
    publish("probe")
    with site.session as session:
        started = [started_after_s(run_job(site, session, "probe", "now")) for _ in range(_TIMES + 1)]
    note(values, "start", started[1:])
    note(values, f"whole, {_WHOLE} jobs", [portal_s(site, _WHOLE, "standard") for _ in range(_TIMES)])


def commit_some(site: Site, values: Values) -> None:
    """Commits of a sandbox with nothing in it but the base image."""
    with sandbox(site) as (author, _):
        note_often(values, "commit", _TIMES, lambda: commit_s(author))


def purge_some(values: Values) -> None:
    """Some hundred expired jobs; those that are stored stay."""
    taken = []
    for _ in range(_TIMES):
        stock("make", _EXPIRED, 1, 1, 0)
        settle_disk()
        gone, _, marking, removing = stock("purge").split()
        if int(gone) < _EXPIRED:
            raise ValueError(f"only {gone} jobs were given up")
        taken.append(float(marking) + float(removing))
    note(values, f"purge, {_EXPIRED} jobs", taken)


def sweep_some(values: Values) -> None:
    """A sweep where nothing moved, and one where some jobs did; at the end all jobs in Slurm are cancelled."""
    with crowd(_CROWD) as (jobs, numbers):
        note(values, "idle sweep", [jobs.sweep()["s"] for _ in range(FEW)])
        note(values, "sweep, 24 changed", [changed_sweep_s(jobs, numbers, _CHANGED) for _ in range(FEW)])
