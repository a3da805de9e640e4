"""sweep: one pass over a thousand waiting jobs of which fifty changed, committed, against one ``squeue --json``."""

from collections.abc import Iterable

from tests.bench.crowd import Crowd, crowd, squeue_json
from tests.bench.figures import Figure, in_turn
from tests.bench.site import Shell, Site

_ACTIVE = 1000
_ENDED = 25


def measure(site: Site) -> Iterable[Figure]:
    """In each round some jobs end, with results to be listed, and as many new ones come to wait."""
    ours, theirs = [], []
    with crowd(_ACTIVE) as (jobs, numbers), Shell() as shell:
        for _ in range(max(30, site.often)):
            ours.append(1000 * changed_sweep_s(jobs, numbers, _ENDED))
            theirs.append(1000 * shell.seconds(squeue_json()))
    yield in_turn("sweep", ours, theirs, unit="ms", target="<= 0.12")


def changed_sweep_s(jobs: Crowd, numbers: list[int], many: int) -> float:
    """Let so many jobs end, with results to be listed, and as many come to wait; returns the seconds of the sweep.

    Raises:
        ValueError: it saw fewer changes.
    """
    jobs.end([numbers.pop(0) for _ in range(many)])
    numbers.extend(jobs.add(many))
    swept = jobs.sweep()
    took = swept["s"]
    if swept["again"]:  # it asked shortly, and then has to ask wholly
        swept = jobs.sweep()
        took += swept["s"]
    if swept["changed"] < 2 * many:
        raise ValueError(f"only {swept['changed']} jobs changed in a sweep")
    return took
