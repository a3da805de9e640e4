"""Images that were made from a sandbox, until the portal has fetched them."""

from pathlib import Path

from containers.node.errors import NodeError
from containers.node.sandboxes.places import Places


def built_image(places: Places, sha256: str) -> Path:
    """Return the file of an image that was made from a sandbox, by its SHA-256 (already checked).

    Raises:
        NodeError: there is none; ``unknown_image``.
    """
    path = places.built / f"{sha256}.sif"
    if not path.is_file():
        raise NodeError("unknown_image", f"no image with this SHA-256 was made from {places.name!r}, or it was dropped")
    return path


def drop_built(places: Places, sha256: str) -> None:
    """Remove such an image; one that is not there is removed."""
    (places.built / f"{sha256}.sif").unlink(missing_ok=True)
