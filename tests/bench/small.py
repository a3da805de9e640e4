"""The smallest submission: one small file to the sample app textstats, and what sbatch does in its stead."""

import requests

from tests.bench.site import TEXT, Site

_BODY = TEXT.read_bytes()


def post_small(site: Site, session: requests.Session, queue: str = "batch") -> int:
    """POST one file of some kilobytes; returns the job's number. The answer has Slurm's id.

    Raises:
        ValueError: it was refused, or Slurm did not have it when the answer was given.
    """
    fields = {"job[webapp_name]": "textstats", "job[param]": "-top 5", "job[queue]": queue}
    files = {"files[0]": ("moon.txt", _BODY)}
    answer = session.post(f"{site.portal.url}/api/v1/jobs", data=fields, files=files, timeout=60)
    if answer.status_code != 200:
        raise ValueError(f"a POST was answered {answer.status_code}: {answer.text[:300]}")
    job = answer.json()
    if not job["slurm_id"]:
        raise ValueError(f"job {job['id']} was accepted without an id of Slurm: {job}")
    return int(job["id"])


def bare_sbatch(*options: str) -> list[str]:
    """The reference: sbatch of a job that is held, asking for what the app asks for."""
    return [
        "sbatch", "-H", "--parsable", "--export=NIL", "--partition=batch", "--mem=256M", "--cpus-per-task=1",
        "--time=60", "--chdir=/", "--output=/dev/null", *options,
    ]  # fmt: skip
