"""idle sweep: one pass over ten thousand waiting jobs of which none changed, against one ``squeue --json``."""

import time
from collections.abc import Iterable

from tests.bench.crowd import crowd, rpcs_of_portal, squeue_json
from tests.bench.figures import Figure, apart, bound
from tests.bench.site import Shell, Site

_ACTIVE = 10_000
_EVERY_S = 1.4
_REFERENCES = 5


def measure(site: Site) -> Iterable[Figure]:
    """Sweeps as far from each other as the portal's are while nothing moves: every ten seconds a whole one.

    For a whole one squeue asks two small things beside the jobs, of its own accord: the federation and the partitions.
    """
    ours, asked = [], []
    with crowd(_ACTIVE) as (jobs, _), Shell() as shell:
        for _ in range(max(30, site.often)):
            begun, before = time.monotonic(), rpcs_of_portal()
            swept = jobs.sweep()
            if swept["changed"] or swept["unfinished"] < _ACTIVE:
                raise ValueError(f"an idle sweep found {swept}")
            ours.append(1000 * swept["s"])
            asked.append(rpcs_of_portal() - before)
            time.sleep(max(0.0, begun + _EVERY_S - time.monotonic()))
        theirs = [1000 * shell.seconds(squeue_json()) for _ in range(_REFERENCES)]
    yield apart("idle sweep", ours, theirs, unit="ms", target="<= 0.01")
    yield apart("idle sweep, mean", [sum(ours) / len(ours)], theirs, unit="ms", target="<= 0.01")
    yield bound("idle sweep, RPCs", asked, "", "<= 1")
