"""start: from POST to the app's first line, against sbatch of the same ``apptainer exec``.

Both apps write the time as the first thing that they do. The reference names the image's file, as a user would.
"""

import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from containers import ENTRYPOINT, ContainerSpec, run_argv
from tests.bench.figures import Figure, in_turn
from tests.bench.jobs import Ran, image_of, publish, run_job
from tests.bench.site import Site, scratch
from tests.cluster.portal import until


def measure(site: Site) -> Iterable[Figure]:
    """Jobs by POST and by sbatch in turn, each ended before the next."""
    publish("probe")
    folder = scratch() / "start"
    folder.mkdir(exist_ok=True)
    shutil.chown(folder, "allgo", "allgo")
    ours, theirs = [], []
    try:
        with site.session as session:
            for number in range(max(30, site.often) + 1):
                ran = run_job(site, session, "probe", "now")
                pair = 1000 * (started_after_s(ran)), 1000 * _bare_s(folder, number)
                if number:  # the first one finds the image cold
                    ours.append(pair[0])
                    theirs.append(pair[1])
    finally:
        shutil.rmtree(folder)
    yield in_turn("start", ours, theirs, unit="ms", target="<= 1.02")


def started_after_s(ran: Ran) -> float:
    """Seconds from a job's POST to the first line of the app ``probe``."""
    return _stamp(ran.folder / "allgo.log") - ran.posted


def _stamp(log: Path) -> float:
    """The time that an app wrote in its first line."""
    return float(log.read_text(encoding="utf-8").splitlines()[0])


def _bare_s(folder: Path, number: int) -> float:
    """Seconds from sbatch to the first line."""
    job, log = folder / str(number), folder / f"{number}.log"
    job.mkdir()
    shutil.chown(job, "allgo", "allgo")
    spec = ContainerSpec(image=image_of("probe"), job_dir=job, entrypoint=PurePosixPath(ENTRYPOINT), network=False)
    words = " ".join(run_argv(spec))
    argv = [
        "sbatch", "--parsable", "--wait", "--export=NIL", "--partition=standard", "--mem=200M", "--cpus-per-task=1",
        "--time=20", "--chdir=/", "--input=/dev/null", f"--output={log}",
    ]  # fmt: skip
    begun = time.time()
    subprocess.run(
        argv, input=f"#!/bin/sh\nexec {words} now\n", text=True, user="allgo", group="allgo", extra_groups=[], cwd="/",
        capture_output=True, check=True,
    )  # fmt: skip
    until("the reference's first line", lambda: log.exists() and log.read_text().endswith("\n"))
    return _stamp(log) - begun
