"""submit: one durable POST of a small file, with Slurm's id in the answer, against one ``sbatch -H``."""

from collections.abc import Iterable

from tests.bench.figures import Figure, in_turn
from tests.bench.site import Shell, Site, held, timed
from tests.bench.small import bare_sbatch, post_small


def measure(site: Site) -> Iterable[Figure]:
    """POST and sbatch in turn, to a partition that starts nothing meanwhile."""
    ours, theirs = [], []
    with site.session as session, Shell() as shell, held("batch"):
        for _ in range(3):  # the first asks of a process read its code
            post_small(site, session)
        for _ in range(max(30, site.often)):
            ours.append(1000 * timed(lambda: post_small(site, session)))
            theirs.append(1000 * shell.seconds(bare_sbatch("--wrap=true")))
    yield in_turn("submit", ours, theirs, unit="ms", target="<= 1.0")
