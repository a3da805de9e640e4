"""bulk: tasks a second of one batch POST of a thousand files, against a loop of sbatch."""

from collections.abc import Iterable

from tests.bench.figures import Figure, apart
from tests.bench.line import KIND, Line, form
from tests.bench.site import Shell, Site, held, timed
from tests.bench.small import bare_sbatch

_TASKS = 1000
_ROUNDS = 7
_FIELDS = {"job[webapp_name]": "textstats", "job[queue]": "batch", "job[batch]": "each"}


def measure(site: Site) -> Iterable[Figure]:
    """Some batches of a thousand files each, and a hundred sbatch one after the other."""
    files = {f"text-{number:04}.txt": b"one two three\n" for number in range(_TASKS)}
    with Line(site) as line, Shell() as shell, held("batch"):
        request = line.request("POST", "/api/v1/jobs", form(_FIELDS, files), kind=KIND)

        def post() -> None:
            if not line.ask(request)["slurm_id"]:
                raise ValueError("a batch was accepted without an id of Slurm")

        post()
        ours = [_TASKS / timed(post) for _ in range(_ROUNDS)]
        theirs = [1 / shell.seconds(bare_sbatch("--wrap=true")) for _ in range(100)]
    yield apart("bulk", ours, theirs, unit="tasks/s", target=">= 50")
