"""What the manifests of an archive must say. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from containers.errors import ImageError
from containers.surveying.entry import shown

_MOST_MANIFESTS = 50
_DIGEST = re.compile(r"(sha256):([0-9a-f]{64})|(sha512):([0-9a-f]{128})")
# What engines call a machine, and what uname(2) does.
_ARCHITECTURES = {"amd64": "x86_64", "386": "i686", "arm64": "aarch64", "arm": "armv7l"}


@dataclass(frozen=True)
class Blobs:
    """The parts of an archive: ``read`` gives one as JSON, ``sizes`` has all names."""

    read: Callable[[str], object]
    sizes: Mapping[str, int]

    def blob(self, descriptor: Mapping[str, object]) -> str:
        """Return the name of the part that a descriptor means.

        Raises:
            ImageError: it is missing, has another size, or would be fetched from elsewhere.
        """
        if descriptor.get("urls"):
            raise ImageError("a layer of the archive is fetched from elsewhere (urls), which an import does not do")
        digest = descriptor.get("digest")
        found = _DIGEST.fullmatch(digest) if isinstance(digest, str) else None
        if found is None:
            raise ImageError("the archive names a part without a digest")
        name = f"blobs/{found[1] or found[3]}/{found[2] or found[4]}"
        if self.sizes.get(name) != descriptor.get("size"):
            raise ImageError(f"the archive is not whole: {name} is missing or has another size")
        return name


def check_oci(blobs: Blobs, machine: str) -> None:
    """Check an OCI layout: one image, all its parts, the right machine.

    Raises:
        ImageError: with a sentence.
    """
    top = _list(_mapping(blobs.read("index.json")).get("manifests"))
    if len(top) != 1:
        raise ImageError(f"the archive holds {len(top)} images: save the one that is meant")
    found = [_image(blobs, manifest) for manifest in _manifests(blobs, top)]
    known = [name for name in found if name != "unknown"]
    _check_machine(known, machine)


def check_docker(blobs: Blobs, machine: str) -> None:
    """Check what ``docker save`` writes: one image, all its layers, the right machine.

    Raises:
        ImageError: with a sentence.
    """
    images = _list(blobs.read("manifest.json"))
    if len(images) != 1:
        raise ImageError(f"the archive holds {len(images)} images: save the one that is meant")
    image = _mapping(images[0])
    for layer in _list(image.get("Layers")):
        if not isinstance(layer, str) or layer not in blobs.sizes:
            raise ImageError(f"the archive is not whole: the layer {shown(str(layer))} is missing")
    config = image.get("Config")
    if not isinstance(config, str):
        raise ImageError("the archive names no configuration")
    _check_machine([_architecture(blobs.read(config))], machine)


def _manifests(blobs: Blobs, descriptors: list[object]) -> Iterator[dict[str, object]]:
    """Yield the manifests, through lists of them for several machines."""
    todo, seen = list(descriptors), 0
    while todo:
        seen += 1
        if seen > _MOST_MANIFESTS:
            raise ImageError(f"the archive holds more than {_MOST_MANIFESTS} manifests")
        found = _mapping(blobs.read(blobs.blob(_mapping(todo.pop()))))
        if "manifests" in found:
            todo += _list(found["manifests"])
        else:
            yield found


def _image(blobs: Blobs, manifest: dict[str, object]) -> str:
    """Check the parts of one image; return the machine it is for."""
    for layer in _list(manifest.get("layers")):
        blobs.blob(_mapping(layer))
    return _architecture(blobs.read(blobs.blob(_mapping(manifest.get("config")))))


def _architecture(config: object) -> str:
    text = str(_mapping(config).get("architecture", "unknown"))
    return _ARCHITECTURES.get(text, text)


def _check_machine(found: list[str], machine: str) -> None:
    if machine not in found:
        names = shown(", ".join(sorted(set(found)))) or "no machine"
        raise ImageError(f"the image in the archive is for {names}, the cluster is {machine}")


def _mapping(found: object) -> dict[str, object]:
    if not isinstance(found, dict):
        raise ImageError("a manifest of the archive is not of the form that it must have")
    return found


def _list(found: object) -> list[object]:
    if not isinstance(found, list):
        raise ImageError("a manifest of the archive is not of the form that it must have")
    return found
