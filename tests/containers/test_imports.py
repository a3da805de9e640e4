"""Images that were made elsewhere, unpacked by Apptainer: they run, or it is said why not, and nothing is left."""

import contextlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from containers import BuildFailed, BuiltImage, ContainerError, ImageError, ImageLimits, import_image
from tests.archives_of_images import docker_archive, oci_archive
from tests.containers.conftest import NAMESPACE, Run


class Site:
    """Folders for one import."""

    def __init__(self, folder: Path) -> None:
        self.out, self.work, self.log, self.source = (folder / name for name in ("out", "work", "log", "a b:c.tar"))
        self.out.mkdir()
        self.work.mkdir()

    def take(self, source: Path | None = None, limits: ImageLimits | None = None, **options: object) -> BuiltImage:
        return import_image(source or self.source, self.out, limits, log=self.log, work_dir=self.work, **options)

    def nothing_left(self) -> None:
        assert list(self.out.iterdir()) == []
        assert list(self.work.iterdir()) == []


@pytest.fixture
def site(folder: Path) -> Site:
    return Site(folder)


_OF_APPTAINER = (".singularity.d", "singularity", "environment", ".run", ".exec", ".shell", ".test")


@pytest.fixture(scope="package")
def layer(box: Path) -> bytes:
    """A sandbox as one layer, without what is Apptainer's in it."""
    left_out = [f"--exclude=./{name}" for name in (*_OF_APPTAINER, "dev/*")]
    argv = [*NAMESPACE, "tar", "-C", str(box), "--numeric-owner", *left_out, "-c", "."]
    return subprocess.run(argv, capture_output=True, timeout=60, check=True).stdout


@pytest.mark.parametrize("make", [oci_archive, docker_archive])
def test_an_archive_becomes_an_image_that_runs(
    make: Callable[..., None], layer: bytes, site: Site, run_app: Callable[..., Run]
) -> None:
    make(site.source, layer)
    built = site.take()
    assert built.path == site.out / f"{built.sha256}.sif"
    assert list(site.out.iterdir()) == [built.path]
    assert list(site.work.iterdir()) == []
    run = run_app(built, "x")
    assert (run.rc, run.log) == (0, "run x\n0\n")


def test_a_sif_is_taken_as_it_is(site: Site, sample: Callable[[str], BuiltImage]) -> None:
    image = sample("textstats")
    built = site.take(image.path)
    assert (built.sha256, built.size) == (image.sha256, image.size)
    assert built.path.read_bytes() == image.path.read_bytes()
    assert built.path.stat().st_ino != image.path.stat().st_ino


def test_a_sif_without_the_entrypoint(site: Site, bases: Path) -> None:
    with pytest.raises(ImageError, match="entrypoint /home/allgo/entrypoint does not exist"):
        site.take(bases / "debian-13.sif")
    site.nothing_left()


def test_an_archive_without_the_entrypoint(site: Site, bases: Path, layer: bytes, folder: Path) -> None:
    empty = subprocess.run(["tar", "-C", str(folder), "-c", "out"], capture_output=True, check=True).stdout
    oci_archive(site.source, empty)
    with pytest.raises(ImageError, match="does not exist in the image"):
        site.take()
    site.nothing_left()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "neither a SIF image nor an archive"),
        (b"#!/bin/sh\nrm -rf /\n", "neither a SIF image nor an archive"),
        (b"\x1f\x8b" + bytes(1000), "is compressed"),
        (b"\x28\xb5\x2f\xfd" + bytes(1000), "is compressed"),
        (bytes(32) + b"SIF_MAGIC\0" + bytes(1000), "holds no squashfs"),
        (b"hsqs" + bytes(1000), "of an unknown kind"),
        (bytes(257) + b"ustar" + bytes(250), "cannot be read"),
    ],
)
def test_what_is_no_image(data: bytes, sentence: str, site: Site) -> None:
    site.source.write_bytes(data)
    with pytest.raises(ImageError, match=sentence):
        site.take()
    site.nothing_left()


def test_limits(site: Site, layer: bytes) -> None:
    oci_archive(site.source, layer)
    with pytest.raises(ImageError, match=r"the file has .* the limit is 1\.0 MiB"):
        site.take(limits=ImageLimits(image_bytes=1024**2))
    with pytest.raises(BuildFailed, match=r"the import took more than 0\.2 s"):
        site.take(timeout_s=0.2)
    with pytest.raises(BuildFailed, match="the import failed"):
        site.take(apptainer="/no/apptainer")
    with pytest.raises(ContainerError, match="cannot be imported here"):
        site.take(site.out / "missing")
    site.nothing_left()


def test_a_layer_that_is_none(site: Site) -> None:
    oci_archive(site.source, b"no tar file" * 1000)
    with pytest.raises(BuildFailed, match="the import failed") as failure:
        site.take()
    assert failure.value.log_tail
    site.nothing_left()


def test_a_layer_that_is_not_what_its_digest_says(site: Site, layer: bytes) -> None:
    docker_archive(site.source, layer)
    whole = site.source.read_bytes()
    at = whole.index(b"entrypoint")
    site.source.write_bytes(whole[:at] + b"Entrypoint" + whole[at + 10 :])
    with pytest.raises(BuildFailed, match="the import failed"):
        site.take()
    site.nothing_left()
    assert json.dumps(site.log.read_text())


@pytest.mark.parametrize("name", [".singularity.d", ".singularity.d/env", "etc/resolv.conf", "etc"])
def test_links_of_a_layer_lead_nowhere(name: str, site: Site, folder: Path) -> None:
    """Apptainer writes its settings into what it has unpacked; a link there must not lead to the portal's files."""
    outside = folder / "outside"
    outside.mkdir()
    target = outside / "file" if name.endswith("conf") else outside
    if target != outside:
        target.write_text("of the portal")
    tree = folder / "layer"
    (tree / name).parent.mkdir(parents=True)
    (tree / name).symlink_to(target)
    link = subprocess.run(["tar", "-C", str(tree), "-c", "."], capture_output=True, timeout=60, check=True).stdout
    oci_archive(site.source, link)
    with contextlib.suppress(ContainerError):
        site.take()
    assert [path.name for path in outside.iterdir()] == ([] if target == outside else ["file"])
    assert target == outside or target.read_text() == "of the portal"
    assert list(site.work.iterdir()) == []
