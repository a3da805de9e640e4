"""throughput: jobs a second through REST by eight clients, against four sbatch side by side."""

import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tests.bench.figures import Figure, in_turn
from tests.bench.line import Line
from tests.bench.site import Site, held
from tests.bench.small import bare_sbatch, small_request, submit_small
from tests.bench.transfer import settle_disk

_CLIENTS = 8
_JOBS = 400
_ROUNDS = 5


def measure(site: Site) -> Iterable[Figure]:
    """Rounds of some hundred jobs each, in turn with as many by ``xargs -P4 sbatch``."""
    ours, theirs = [], []
    settle_disk()
    with held("batch"):
        portal_per_s(site, 80)
        for _ in range(_ROUNDS):
            ours.append(portal_per_s(site, _JOBS))
            theirs.append(_slurm_per_s(_JOBS))
    yield in_turn("throughput", ours, theirs, unit="jobs/s", target=">= 1.0")


def portal_per_s(site: Site, jobs: int) -> float:
    """Jobs a second by eight clients, of so many."""

    def client(share: int) -> None:
        with Line(site) as line:
            request = small_request(line)
            for _ in range(share):
                submit_small(line, request)

    with ThreadPoolExecutor(_CLIENTS) as clients:
        begun = time.perf_counter()
        for done in [clients.submit(client, jobs // _CLIENTS) for _ in range(_CLIENTS)]:
            done.result()
        return jobs / (time.perf_counter() - begun)


def _slurm_per_s(jobs: int) -> float:
    argv = ["xargs", "-P4", "-I{}", *bare_sbatch("--wrap=true", "--job-name=bench{}")]
    begun = time.perf_counter()
    subprocess.run(
        argv, input="".join(f"{number}\n" for number in range(jobs)), text=True, user="allgo", group="allgo",
        extra_groups=[], cwd="/", capture_output=True, check=True,
    )  # fmt: skip
    return jobs / (time.perf_counter() - begun)
