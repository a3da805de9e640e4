"""The smallest submission: one small file to the sample app textstats, and what sbatch does in its stead."""

from tests.bench.line import KIND, Line, form
from tests.bench.site import TEXT

_FIELDS = {"job[webapp_name]": "textstats", "job[param]": "-top 5"}


def small_request(line: Line, queue: str = "batch") -> bytes:
    """The POST of one file of some kilobytes."""
    body = form(_FIELDS | {"job[queue]": queue}, {"moon.txt": TEXT.read_bytes()})
    return line.request("POST", "/api/v1/jobs", body, kind=KIND)


def submit_small(line: Line, request: bytes) -> int:
    """Send it; returns the job's number. The answer has Slurm's id.

    Raises:
        ValueError: it was refused, or Slurm did not have it when the answer was given.
    """
    job = line.ask(request)
    if not job["slurm_id"]:
        raise ValueError(f"job {job['id']} was accepted without an id of Slurm: {job}")
    return int(job["id"])


def bare_sbatch(*options: str) -> list[str]:
    """The reference: sbatch of a job that is held, asking for what the app asks for."""
    return [
        "sbatch", "-H", "--parsable", "--export=NIL", "--partition=batch", "--mem=256M", "--cpus-per-task=1",
        "--time=60", "--chdir=/", "--output=/dev/null", *options,
    ]  # fmt: skip
