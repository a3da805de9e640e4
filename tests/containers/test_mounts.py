"""Images mounted by the kernel, by the helper that the cluster's nodes have: what is mounted, and what never is."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from containers import IMAGE_MOUNTS, MOUNT_HELPER, BuiltImage, ContainerSpec, run_argv
from containers.surveying.program import ENTRYPOINT

IMAGES = Path("/srv/allgo/images")
type Sample = Callable[[str], BuiltImage]


@pytest.fixture
def app(sample: Sample) -> Iterator[Path]:
    """A folder among the portal's images with one of them, gone at the end with its mount."""
    image = sample("textstats")
    folder = IMAGES / f"mounts-{os.getpid()}"
    folder.mkdir(exist_ok=True)
    target = folder / f"{image.sha256}.sif"
    if not target.exists():
        target.write_bytes(image.path.read_bytes())
    yield target
    helper()
    shutil.rmtree(folder)


def helper(*words: str) -> subprocess.CompletedProcess[str]:
    argv = ["sudo", "-n", str(MOUNT_HELPER), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)


def name(image: Path) -> str:
    return f"{image.parent.name}/{image.name}"


def place(image: Path) -> Path:
    return IMAGE_MOUNTS / image.stem


def test_mounted_it_runs_as_the_file_does(app: Path, folder: Path) -> None:
    assert helper(name(app)).returncode == 0
    assert helper(name(app)).returncode == 0, "once more is the same"
    line = next(line for line in Path("/proc/mounts").read_text().splitlines() if str(place(app)) in line)
    assert {"ro", "nosuid", "nodev", "idmapped"} <= set(line.split()[3].split(","))
    script = "id -u; cat /etc/shadow | wc -l; touch /etc/new /root/new; chown 33 /etc/new; stat -c %u /etc/new; ls /.."
    said = []
    for image in (app, place(app)):
        spec = ContainerSpec(image=image, job_dir=folder, entrypoint=ENTRYPOINT, network=False)
        argv = [*run_argv(spec)[:-1], "/bin/sh", "-c", script]
        said.append(subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60))
    assert (said[0].returncode, said[0].stdout) == (said[1].returncode, said[1].stdout)
    assert said[1].stdout.splitlines()[0] == "0"
    helper()
    assert not place(app).exists()


def test_what_is_in_use_is_not_unmounted(app: Path) -> None:
    assert helper(name(app)).returncode == 0
    held = os.open(place(app), os.O_RDONLY | os.O_DIRECTORY)
    try:
        assert helper().returncode == 0
        assert place(app).is_mount()
    finally:
        os.close(held)
    helper()
    assert not place(app).exists()


@pytest.mark.parametrize("kind", ["link", "folder link", "others may write", "no image", "absent"])
def test_what_is_no_image_of_the_portals_is_refused(app: Path, folder: Path, kind: str) -> None:
    sha256 = "ab" * 32
    wrong = app.with_name(f"{sha256}.sif")
    wrong.unlink(missing_ok=True)
    link = app.parent.with_name(f"{app.parent.name}-link")
    link.unlink(missing_ok=True)
    if kind == "link":
        wrong.symlink_to(app)
    elif kind == "folder link":
        link.symlink_to(app.parent)
        wrong = link / app.name
    elif kind == "others may write":
        wrong.write_bytes(app.read_bytes())
        wrong.chmod(0o666)
    elif kind == "no image":
        wrong.write_bytes(b"hsqs" + bytes(8192))
        wrong.chmod(0o444)
    try:
        told = helper(f"{wrong.parent.name}/{wrong.name}")
        assert told.returncode == 1
        assert told.stderr.startswith("allgo-mount-image: ")
        assert not place(wrong).exists()
    finally:
        wrong.unlink(missing_ok=True) if wrong.parent == app.parent else link.unlink()


def test_another_account_may_not_ask() -> None:
    argv = ["sudo", "-n", "-u", "nobody", str(MOUNT_HELPER)]
    assert subprocess.run(argv, capture_output=True, check=False, timeout=60).returncode != 0
