"""app: a Python app's wall time inside its image, as a job runs it, against the same files in a bare folder; warm.

From the job's marker: from the script's begin to the command's end, so that entering the image is in it. That takes
90 ms of a processor, which is much for an app that only imports, for half a second: its figure has a bound of its own.
"""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import requests

from containers.sif.reading import read_header
from slurm.marker import read_marker
from tests.bench.figures import Figure, in_turn
from tests.bench.jobs import image_of, publish, run_job
from tests.bench.site import Site, scratch, timed
from tests.cluster.conftest import SOURCES

_ROUNDS = 7
_PICTURE = SOURCES / "containers/samples/denoise/example/cells.png"
_STRONG = "-noise 0 -iter 10 -p 4"


def measure(site: Site) -> Iterable[Figure]:
    """The sample denoise at its strongest, some seconds of numpy; and an app that only reads some thousand modules."""
    publish("imports")
    yield _figure(site, "app", ("denoise", _STRONG, {_PICTURE.name: _PICTURE.read_bytes()}), "<= 1.1")
    yield _figure(site, "app, imports", ("imports", "", {}), "<= 1.5")


def _figure(site: Site, row: str, run: tuple[str, str, Mapping[str, bytes]], target: str) -> Figure:
    app, param, files = run
    ours, theirs = [], []
    tree = scratch() / f"tree-{app}"
    try:
        _unpack(image_of(app), tree)
        with site.session as session:
            for number in range(_ROUNDS + 1):
                pair = _job_s(site, app, param, files, session), _bare_s(tree, param, files)
                if number:  # the first one reads the files from the disk
                    ours.append(pair[0])
                    theirs.append(pair[1])
    finally:
        shutil.rmtree(tree, ignore_errors=True)
    return in_turn(row, ours, theirs, unit="s", target=target)


def _job_s(site: Site, app: str, param: str, files: Mapping[str, bytes], session: requests.Session) -> float:
    marker = read_marker(run_job(site, session, app, param, files).control)
    if marker is None or marker.started_at is None or marker.finished_at is None:
        raise ValueError("a job that is done has left no marker")
    return (marker.finished_at - marker.started_at).total_seconds()


def _bare_s(tree: Path, param: str, files: Mapping[str, bytes]) -> float:
    for left in (tree / "tmp").iterdir():
        left.unlink()
    for name, data in files.items():
        (tree / "tmp" / name).write_bytes(data)
    argv = [
        "/usr/sbin/chroot",
        str(tree),
        "/bin/sh",
        "-c",
        'cd /tmp && exec /home/allgo/entrypoint "$@"',
        "sh",
        *param.split(),
    ]
    # What the image's own environment files say, and nothing else.
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
    return timed(lambda: subprocess.run(argv, env=env, check=True, capture_output=True))


def _unpack(image: Path, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    offset = str(read_header(image).offset)
    subprocess.run(
        ["unsquashfs", "-quiet", "-no-progress", "-offset", offset, "-dest", str(tree), str(image)],
        check=True, capture_output=True,
    )  # fmt: skip
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
        os.mknod(tree / "dev" / name, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
