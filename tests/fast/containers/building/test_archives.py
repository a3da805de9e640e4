"""Archives of images, before anything is unpacked."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from containers import ImageError, ImageLimits
from containers.importing.archive import archive_kind
from tests import hostile
from tests.archives_of_images import docker_archive, oci_archive

LIMITS = ImageLimits()
LAYER = b"a layer"


def refused(path: Path, sentence: str, limits: ImageLimits = LIMITS) -> None:
    with pytest.raises(ImageError) as error:
        archive_kind(path, limits, "x86_64")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "image.tar"


def test_sound_archives(path: Path) -> None:
    oci_archive(path, LAYER)
    assert archive_kind(path, LIMITS, "x86_64") == "oci-archive"
    oci_archive(path, LAYER, nested=True)
    assert archive_kind(path, LIMITS, "x86_64") == "oci-archive"
    docker_archive(path, LAYER)
    assert archive_kind(path, LIMITS, "x86_64") == "docker-archive"
    oci_archive(path, LAYER, architecture="arm64")
    assert archive_kind(path, LIMITS, "aarch64") == "oci-archive"


@pytest.mark.parametrize("make", [oci_archive, docker_archive])
def test_wrong_machine_missing_layer_several_images(make: object, path: Path) -> None:
    assert callable(make)
    make(path, LAYER, architecture="arm64")
    refused(path, "is for aarch64, the cluster is x86_64")
    make(path, LAYER, without_layer=True)
    refused(path, "is not whole")
    make(path, LAYER, images=2)
    refused(path, "holds 2 images")
    make(path, LAYER, images=0)
    refused(path, "holds 0 images")


def test_a_layer_from_elsewhere(path: Path) -> None:
    oci_archive(path, LAYER, urls=["http://127.0.0.1/layer"])
    refused(path, "fetched from elsewhere")


def tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> None:
    with tarfile.open(path, "w") as archive:
        for member, data in members:
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../x", "blobs/../../x", *(f"../{text}" for text in hostile.CONTROLS[:4])]
)
def test_names_that_lead_out(name: str, path: Path) -> None:
    tar(path, (tarfile.TarInfo(name), b""))
    refused(path, "leads out of it")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE])
def test_members_that_are_no_files(kind: bytes, path: Path) -> None:
    member = tarfile.TarInfo("index.json")
    member.type, member.linkname = kind, "/etc/passwd"
    tar(path, (member, b""))
    refused(path, "neither a file nor a folder")


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("manifest.json", b"{", "cannot be read"),
        ("manifest.json", b"\xff\xfe", "cannot be read"),
        ("manifest.json", b"[" * 1_000_000, "cannot be read"),
        ("manifest.json", b"{}", "not of the form"),
        ("manifest.json", b"[1]", "not of the form"),
        ("manifest.json", b'[{"Layers": [1], "Config": "x"}]', "the layer 1 is missing"),
        ("manifest.json", b'[{"Layers": [], "Config": 1}]', "names no configuration"),
        ("manifest.json", b'[{"Layers": [], "Config": "gone.json"}]', "gone.json is missing"),
        ("manifest.json", b" " * (4 * 1024**2 + 1), "the limit is 4194304"),
        ("other", b"", "neither an OCI archive"),
    ],
)
def test_damaged_manifests(name: str, data: bytes, sentence: str, path: Path) -> None:
    tar(path, (tarfile.TarInfo(name), data))
    refused(path, sentence)


def test_an_index_that_goes_round(path: Path) -> None:
    """A blob cannot hold its own digest; a long chain can be made."""
    blobs: dict[str, bytes] = {}
    inner = b'{"manifests": []}'
    for _ in range(60):
        digest = hashlib.sha256(inner).hexdigest()
        blobs[digest] = inner
        inner = json.dumps({"manifests": [{"digest": f"sha256:{digest}", "size": len(inner)}]}).encode()
    members = [(tarfile.TarInfo(f"blobs/sha256/{digest}"), data) for digest, data in blobs.items()]
    tar(path, (tarfile.TarInfo("oci-layout"), b"{}"), (tarfile.TarInfo("index.json"), inner), *members)
    refused(path, "more than 50 manifests")


@pytest.mark.parametrize("digest", ["", "sha256:../../index.json", "md5:00", "sha256:" + "A" * 64, 5, None])
def test_digests_that_are_none(digest: object, path: Path) -> None:
    index = json.dumps({"manifests": [{"digest": digest, "size": 1}]}).encode()
    tar(path, (tarfile.TarInfo("oci-layout"), b"{}"), (tarfile.TarInfo("index.json"), index))
    refused(path, "without a digest")


def test_too_much_in_an_archive(path: Path) -> None:
    docker_archive(path, LAYER)
    refused(path, "more than 100 bytes", ImageLimits(tree_bytes=100))
    tar(path, *((tarfile.TarInfo(str(number)), b"") for number in range(10_001)))
    refused(path, "more than 10000 parts")


def test_a_cut_archive(path: Path) -> None:
    docker_archive(path, LAYER * 10_000)
    whole = path.read_bytes()
    for size in (0, 100, 600, len(whole) // 2):
        path.write_bytes(whole[:size])
        with pytest.raises(ImageError):
            archive_kind(path, LIMITS, "x86_64")
