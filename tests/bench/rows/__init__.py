"""The rows: one module each, whose ``measure`` gives its figures.

``ROWS`` has them in the order of the table. A row whose numbers need another cluster (held jobs, a full database) makes
and removes what it needs itself, so that each can be asked for alone.
"""

from collections.abc import Callable, Iterable, Mapping

from tests.bench.figures import Figure
from tests.bench.rows import bulk, download, memory, page, purge, streams, submit, throughput, upload, whole
from tests.bench.site import Site

type Row = Callable[[Site], Iterable[Figure]]

ROWS: Mapping[str, Row] = {
    "submit": submit.measure,
    "throughput": throughput.measure,
    "bulk": bulk.measure,
    "upload": upload.measure,
    "download": download.measure,
    "memory": memory.measure,
    "whole": whole.measure,
    "streams": streams.measure,
    "purge": purge.measure,
    "page": page.measure,
}
