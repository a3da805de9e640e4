"""submit: one durable POST of a small file, with Slurm's id in the answer, against one ``sbatch -H``."""

from collections.abc import Iterable

from tests.bench.figures import Figure, in_turn
from tests.bench.line import Line
from tests.bench.site import Shell, Site, held, timed
from tests.bench.small import bare_sbatch, small_request, submit_small
from tests.bench.transfer import settle_disk

_WARM = 20


def measure(site: Site) -> Iterable[Figure]:
    """POST and sbatch in turn, by one client, to a partition that starts nothing meanwhile."""
    ours, theirs = [], []
    settle_disk()  # what the cluster's start wrote
    with Line(site) as line, Shell() as shell, held("batch"):
        request = small_request(line)
        for _ in range(_WARM):  # the first asks of a process read its code
            submit_small(line, request)
        for _ in range(max(100, site.often)):
            ours.append(1000 * timed(lambda: submit_small(line, request)))
            theirs.append(1000 * shell.seconds(bare_sbatch("--wrap=true")))
    yield in_turn("submit", ours, theirs, unit="ms", target="<= 1.0")
