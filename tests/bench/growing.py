"""``scripts/bench --scale``: the same questions at each size, on both databases, and with jobs that wait in Slurm."""

import subprocess
import time

import click

from tests.bench.asked import Values, ask_much
from tests.bench.database import KINDS, fresh_database
from tests.bench.line import Line
from tests.bench.rows.bulk import TASKS, bulk_request, submit_bulk
from tests.bench.rows.seen_done import wait_for_hook
from tests.bench.scale import SIZES, Growth
from tests.bench.site import Site, cancel_all, held, open_site, settle
from tests.bench.stored import stock
from tests.bench.worked import (
    commit_some,
    open_streams,
    purge_some,
    run_some,
    submit_many,
    sweep_some,
    transfer_files,
)

WAITING = 10_000
_APART_S = 300
"""One person's job each five minutes: 100 000 are a year's, of which those of the last 30 days have their files."""


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
                settle(site)
                with held("batch"):
                    found.append(_measure(site))
            told += [(kind, _growth(row, SIZES, found)) for row in found[0]]
            click.echo(f"bench: {kind}: {WAITING} jobs that wait", err=True)
            settle(site)
            with held("batch"):
                few = _measure(site, waiting=True)
                settle(site)
                _wait_in_slurm(site)
                many = _measure(site, waiting=True)
            told += [(f"{kind}, waiting in Slurm", _growth(row, (1, WAITING), [few, many])) for row in few]
    return told


def _growth(row: str, sizes: tuple[int, ...], found: list[Values]) -> Growth:
    spread = max((high - low) / middle if middle else 0.0 for middle, (low, high) in (values[row] for values in found))
    return Growth(row=row, unit="ms", sizes=sizes, values=[values[row][0] for values in found], spread=spread)


def _measure(site: Site, *, waiting: bool = False) -> Values:
    """Medians and quartiles, in milliseconds, of each row; the batch partition starts nothing meanwhile.

    It begins when the cluster and the sweep have done with what was cancelled before: they need the processor.
    """
    values: Values = {}
    wait_for_hook()
    ask_much(site, values)
    transfer_files(site, values)
    open_streams(site, values)
    purge_some(values)
    commit_some(site, values)
    submit_many(site, values)
    if not waiting:  # it asks for the list until nothing is unfinished
        cancel_all()
        settle(site)
        run_some(site, values)
    sweep_some(values)
    return values


def _wait_in_slurm(site: Site) -> None:
    """Let jobs of the portal wait in Slurm: batches to a partition that starts none."""
    with Line(site) as line:
        request = bulk_request(line)
        for _ in range(WAITING // TASKS):
            submit_bulk(line, request)
    deadline = time.monotonic() + 300  # until the sweep knows them all, so that it is at rest when it is measured
    while _pending() < WAITING:
        if time.monotonic() > deadline:
            raise TimeoutError("the jobs are not seen to wait")
        time.sleep(0.5)


def _pending() -> int:
    """How many jobs wait in Slurm, each task of an array for itself."""
    told = subprocess.run(["squeue", "-h", "-r", "-t", "PD", "-o", "%i"], check=True, capture_output=True, text=True)
    return len(told.stdout.splitlines())
