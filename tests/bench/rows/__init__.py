"""The rows: one module each, whose ``measure`` gives its figures.

``ROWS`` has them in the order of the table. A row whose numbers need another cluster (held jobs, a full database) makes
and removes what it needs itself, so that each can be asked for alone.
"""

from collections.abc import Callable, Iterable, Mapping

from tests.bench.figures import Figure
from tests.bench.rows import (
    app,
    bulk,
    commit,
    download,
    idle_sweep,
    memory,
    page,
    purge,
    seen_done,
    start,
    streams,
    submit,
    sweep,
    throughput,
    upload,
    whole,
)
from tests.bench.site import Site

type Row = Callable[[Site], Iterable[Figure]]

ROWS: Mapping[str, Row] = {
    "submit": submit.measure,
    "throughput": throughput.measure,
    "bulk": bulk.measure,
    "seen done": seen_done.measure,
    "start": start.measure,
    "upload": upload.measure,
    "download": download.measure,
    "commit": commit.measure,
    "app": app.measure,
    "whole": whole.measure,
    "streams": streams.measure,
    "purge": purge.measure,
    "page": page.measure,
    "memory": memory.measure,
    # Last: 10 000 jobs that are cancelled keep the controller busy for a while.
    "sweep": sweep.measure,
    "idle sweep": idle_sweep.measure,
}
