"""Apptainer for real, as the service user: never as root, as a portal never is.

scripts/cluster --instance NAME exec -- python -m pytest -p no:cacheprovider /opt/allgo-hpc/src/tests/containers
"""

import contextlib
import itertools
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

from containers import BuiltImage, ContainerSpec, build_base, build_image, run_argv
from containers.building.workshop import remove_tree

SAMPLES = Path(__file__).parents[2] / "containers/samples"
SERVICE_USER = "allgo"


@pytest.fixture(scope="package", autouse=True)
def _as_service_user() -> Iterator[None]:
    """Become the service user, and root again at the end: a child process gets the effective ids only (execve(2))."""
    if os.getuid() != 0:
        yield
        return
    user, groups, home = pwd.getpwnam(SERVICE_USER), os.getgroups(), os.environ.get("HOME", "/root")
    os.initgroups(user.pw_name, user.pw_gid)
    os.setresgid(user.pw_gid, user.pw_gid, 0)
    os.setresuid(user.pw_uid, user.pw_uid, 0)
    os.environ["HOME"] = user.pw_dir
    yield
    os.setresuid(0, 0, 0)
    os.setresgid(0, 0, 0)
    os.setgroups(groups)
    os.environ["HOME"] = home


@pytest.fixture(scope="package")
def place(_as_service_user: None) -> Iterator[Path]:
    """A folder of the service user's, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="allgo-test-"))
    yield folder
    remove_tree(folder)


_numbers = itertools.count()


@pytest.fixture
def folder(place: Path) -> Path:
    """A fresh folder for one test."""
    path = place / f"test-{next(_numbers)}"
    path.mkdir()
    return path


@pytest.fixture(scope="package")
def bases(place: Path) -> Path:
    """The folder with the base image, built here."""
    (place / "bases").mkdir()
    build_base("debian-13", place / "bases/debian-13.sif")
    return place / "bases"


@pytest.fixture(scope="package")
def sample(place: Path, bases: Path) -> Callable[[str], BuiltImage]:
    """Builds a sample app, once."""
    built: dict[str, BuiltImage] = {}
    (place / "images").mkdir()

    def make(name: str) -> BuiltImage:
        if name not in built:
            built[name] = build_image(SAMPLES / name, bases=bases, target_dir=place / "images")
        return built[name]

    return make


@dataclass
class Run:
    """One run of an app: its exit status, what it wrote, and its job folder."""

    rc: int
    log: str
    job_dir: Path


@pytest.fixture
def run_app(folder: Path) -> Callable[..., Run]:
    """Runs a program of an image in a job folder of its own."""

    def run(
        image: BuiltImage,
        *words: str,
        files: tuple[Path, ...] = (),
        program: str = "/home/allgo/entrypoint",
        slurm: bool = False,
        scratch_dir: Path | None = None,
        network: bool = False,
    ) -> Run:
        job_dir = folder / f"job {next(_numbers)}, a:b"  # what --mount must quote
        job_dir.mkdir(mode=0o700)
        for file in files:
            shutil.copy(file, job_dir)
        spec = ContainerSpec(
            image=image.path,
            job_dir=job_dir,
            entrypoint=PurePosixPath(program),
            network=network,
            scratch_dir=scratch_dir,
        )
        argv = [*run_argv(spec), *words]
        if slurm:
            return Run(*_by_slurm(argv, folder), job_dir)
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False
        )
        return Run(done.returncode, done.stdout.decode(), job_dir)

    return run


def _by_slurm(argv: list[str], folder: Path) -> tuple[int, str]:
    """Run a command as a Slurm job and wait for its end."""
    log = folder / f"log-{next(_numbers)}"
    sbatch = ["sbatch", "--wait", "--parsable", "--partition=standard", "--time=5", f"--output={log}", "--export=NIL"]
    script = f"#!/bin/bash\nexport PATH=/usr/bin:/bin SECRET_OF_THE_JOB=1\nexec {shlex.join(argv)}\n"
    done = subprocess.run(
        [*sbatch, "--chdir=/", "--mem=1000"], input=script, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.strip(), done.stderr
    return done.returncode, log.read_text()


def until(ask: Callable[[], object], what: str, limit_s: float = 30.0) -> None:
    """Ask until the answer is true; the only place in these tests that waits."""
    deadline = time.monotonic() + limit_s
    while not ask():
        if time.monotonic() > deadline:
            pytest.fail(f"gave up after {limit_s:g} s: {what}")
        time.sleep(0.05)


# What a sandbox's files belong to: the service user's sub-ids, itself as root.
NAMESPACE = ("unshare", "--user", "--map-auto", "--map-root-user", "--")


def in_namespace(*words: str | Path) -> str:
    """Run a command as root of the service user's namespace."""
    done = subprocess.run([*NAMESPACE, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.contextmanager
def as_root() -> Iterator[None]:
    """Be root of the machine for what no author could do."""
    user, group = os.geteuid(), os.getegid()
    os.setresuid(0, 0, 0)
    os.setresgid(0, 0, 0)
    try:
        yield
    finally:
        os.setresgid(group, group, 0)
        os.setresuid(user, user, 0)


@pytest.fixture(scope="package")
def box(place: Path, bases: Path) -> Iterator[Path]:
    """A sandbox of the base, with an entrypoint; it is not changed by tests."""
    tree = place / "sandbox"
    command = ["apptainer", "--quiet", "build", "--fakeroot", "--sandbox", str(tree), str(bases / "debian-13.sif")]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    entrypoint = tree / "home/allgo/entrypoint"
    entrypoint.write_text('#!/bin/sh\necho run "$@"\nid -u\n')
    entrypoint.chmod(0o755)
    yield tree
    remove_tree(tree)
