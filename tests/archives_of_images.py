"""Archives as container engines save them, made by hand, sound or not."""

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath


def oci_archive(
    path: Path,
    layer: bytes,
    *,
    architecture: str = "amd64",
    images: int = 1,
    nested: bool = False,
    without_layer: bool = False,
    urls: list[str] | None = None,
) -> None:
    """Write an OCI archive of one layer (a tar file)."""
    blobs: dict[str, bytes] = {}

    def add(data: bytes, kind: str) -> dict[str, object]:
        digest = hashlib.sha256(data).hexdigest()
        blobs[f"blobs/sha256/{digest}"] = data
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(data)}

    base = "application/vnd.oci.image"
    described = add(layer, f"{base}.layer.v1.tar")
    if without_layer:
        blobs.clear()
    config = _config(layer, architecture)
    manifest: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": f"{base}.manifest.v1+json",
        "config": add(config, f"{base}.config.v1+json"),
        "layers": [described | ({"urls": urls} if urls else {})],
    }
    entry = add(json.dumps(manifest).encode(), f"{base}.manifest.v1+json")
    if nested:
        inner = {"schemaVersion": 2, "manifests": [entry | {"platform": {"os": "linux", "architecture": architecture}}]}
        entry = add(json.dumps(inner).encode(), f"{base}.index.v1+json")
    index = {"schemaVersion": 2, "manifests": [entry] * images}
    _tar(path, {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}', "index.json": json.dumps(index).encode(), **blobs})


def docker_archive(
    path: Path, layer: bytes, *, architecture: str = "amd64", images: int = 1, without_layer: bool = False
) -> None:
    """Write what ``docker save`` writes, of one layer (a tar file)."""
    config = _config(layer, architecture)
    name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": name, "RepoTags": ["app:1"], "Layers": ["1/layer.tar"]}] * images
    files = {"manifest.json": json.dumps(manifest).encode(), name: config}
    _tar(path, files if without_layer else files | {"1/layer.tar": layer})


def _config(layer: bytes, architecture: str) -> bytes:
    digest = f"sha256:{hashlib.sha256(layer).hexdigest()}"
    rootfs = {"type": "layers", "diff_ids": [digest]}
    return json.dumps({"architecture": architecture, "os": "linux", "config": {}, "rootfs": rootfs}).encode()


def _tar(path: Path, files: Mapping[str, bytes]) -> None:
    with tarfile.open(path, "w") as archive:
        # Engines write the folders as well, and Apptainer 1.4.5 needs them.
        folders = {str(parent) for name in files for parent in PurePosixPath(name).parents if parent.name}
        for name in sorted(folders):
            member = tarfile.TarInfo(name)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
