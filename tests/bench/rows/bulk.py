"""bulk: tasks a second of one batch POST of a thousand files, against a loop of sbatch."""

from collections.abc import Iterable

from tests.bench.figures import Figure, apart
from tests.bench.line import KIND, Line, form
from tests.bench.site import Shell, Site, held, timed
from tests.bench.small import bare_sbatch

TASKS = 1000
"""Files of a batch, and so tasks."""
_ROUNDS = 7
_FIELDS = {"job[webapp_name]": "textstats", "job[queue]": "batch", "job[batch]": "each"}


def measure(site: Site) -> Iterable[Figure]:
    """A hundred sbatch one after the other, then some batches of a thousand files each.

    In this order: with the tasks of eight batches held, a sbatch takes several times as long.
    """
    with Line(site) as line, Shell() as shell, held("batch"):
        theirs = [1 / shell.seconds(bare_sbatch("--wrap=true")) for _ in range(100)]
        request = bulk_request(line)
        submit_bulk(line, request)
        ours = [TASKS / timed(lambda: submit_bulk(line, request)) for _ in range(_ROUNDS)]
    yield apart("bulk", ours, theirs, unit="tasks/s", target=">= 50")


def bulk_request(line: Line) -> bytes:
    """The POST of a thousand small files, each a task."""
    files = {f"text-{number:04}.txt": b"one two three\n" for number in range(TASKS)}
    return line.request("POST", "/api/v1/jobs", form(_FIELDS, files), kind=KIND)


def submit_bulk(line: Line, request: bytes) -> int:
    """Send it; returns the batch's number. The answer has Slurm's id.

    Raises:
        ValueError: Slurm did not have it when the answer was given.
    """
    job = line.ask(request)
    if not job["slurm_id"]:
        raise ValueError("a batch was accepted without an id of Slurm")
    return int(job["id"])
