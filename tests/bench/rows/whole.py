"""whole: three hundred jobs from POST until its results are listed, against Slurm alone."""

import shlex
import subprocess
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath

from allgo_hpc.states import JobState
from containers import ContainerSpec, run_argv
from tests.bench.figures import Figure, in_turn
from tests.bench.line import Line
from tests.bench.site import TEXT, Site, scratch
from tests.bench.small import small_request, submit_small
from tests.cluster.portal import FINAL, until

_CLIENTS = 8
_JOBS = 300
_ROUNDS = 3
_WITHIN_S = 900.0
_UNFINISHED = {"limit": "1", "state": [state.value for state in JobState if not state.is_final]}
_TASK = "TASK"
_JOB = """#!/bin/sh
export PATH=/usr/bin:/bin:/usr/sbin:/sbin
mkdir -m 700 {scratch} || exit 1
{run} -top 5
rm -rf --one-file-system {scratch}
"""


def measure(site: Site) -> Iterable[Figure]:
    """In turn; eight clients send, then one of them asks for the list of jobs until all have ended."""
    ours, theirs = [], []
    portal_s(site, 16)
    for _ in range(_ROUNDS):
        ours.append(_JOBS / portal_s(site, _JOBS))
        theirs.append(_JOBS / _slurm_s(_JOBS))
    yield in_turn("whole", ours, theirs, unit="jobs/s", target=">= 0.9")


def portal_s(site: Site, jobs: int, queue: str = "batch") -> float:
    """Seconds from the first of so many jobs' POST until all have ended; each must have its result.

    Raises:
        ValueError: one has none.
    """

    def client(share: int) -> list[int]:
        with Line(site) as line:
            request = small_request(line, queue)
            return [submit_small(line, request) for _ in range(share)]

    began = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        shares = [jobs // _CLIENTS + (number < jobs % _CLIENTS) for number in range(_CLIENTS)]
        numbers = {number for done in clients.map(client, shares) for number in done}
    with site.session as session:

        def all_ended() -> bool:
            unfinished = session.get(f"{site.portal.url}/api/v1/jobs", params=_UNFINISHED, timeout=60)
            unfinished.raise_for_status()
            return not unfinished.json()["jobs"]

        until("all jobs have ended", all_ended, within_s=_WITHIN_S)
        took = time.perf_counter() - began
        for number in numbers:
            job = session.get(f"{site.portal.url}/api/v1/jobs/{number}", timeout=60).json()
            if job["state"] not in FINAL or "moon.txt.output" not in job[str(number)]:
                raise ValueError(f"job {number} ended without its result: {job['state']}, {job['reason']}")
    return took


def _slurm_s(jobs: int) -> float:
    """Run the image on the same file by sbatch alone: the same ``apptainer exec``, word by word."""
    image = next(Path("/srv/allgo/images/textstats").glob("*.sif"))
    folder = scratch() / "whole"
    subprocess.run(["rm", "-rf", str(folder)], check=True)
    subprocess.run(["install", "-d", "-o", "allgo", "-g", "allgo", str(folder)], check=True)
    job = folder / "job"
    away = Path(f"/scratch/bench-{_TASK}")
    app = ContainerSpec(
        image=image, job_dir=folder / _TASK, entrypoint=PurePosixPath("/home/allgo/entrypoint"), network=False,
        scratch_dir=away,
    )  # fmt: skip
    script = _JOB.format(scratch=away, run=shlex.join(run_argv(app))).replace(_TASK, "$1")
    job.write_text(script, encoding="utf-8")
    submit = (
        f"mkdir {folder}/$1 && cp {TEXT} {folder}/$1/moon.txt && exec sbatch --parsable --export=NIL --partition=batch "
        f"--mem=256M --cpus-per-task=1 --time=60 --chdir=/ --output={folder}/$1/allgo.log {job} $1"
    )
    began = time.perf_counter()
    try:
        subprocess.run(
            ["xargs", "-P4", "-I{}", "sh", "-c", submit, "submit", "{}"],
            input="".join(f"{number}\n" for number in range(jobs)), text=True, user="allgo", group="allgo",
            extra_groups=[], cwd="/", capture_output=True, check=True,
        )  # fmt: skip
        until("all have their output", lambda: _outputs(folder) == jobs and not _queued(), within_s=_WITHIN_S)
        return time.perf_counter() - began
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _outputs(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*/moon.txt.output"))


def _queued() -> str:
    return subprocess.run(["squeue", "-h", "-u", "allgo"], check=True, capture_output=True, text=True).stdout.strip()
