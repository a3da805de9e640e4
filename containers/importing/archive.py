"""Looks through an archive of an image before Apptainer unpacks it. Nothing is unpacked here.

The forms are those of https://github.com/opencontainers/image-spec (``oci-layout``, ``index.json``) and of
``docker save`` (``manifest.json``).
"""

import json
import tarfile
from pathlib import Path, PurePosixPath

from containers.errors import ImageError
from containers.importing.manifests import Blobs, check_docker, check_oci
from containers.surveying.entry import shown
from containers.surveying.limits import ImageLimits, amount

_MOST_MEMBERS = 10_000
_MOST_JSON = 4 * 1024**2


def archive_kind(path: Path, limits: ImageLimits, machine: str) -> str:
    """Return what Apptainer calls the archive, ``oci-archive`` or ``docker-archive``, when it is sound.

    Args:
        path: the file.
        limits: how large what it holds may be.
        machine: what the image must be for, as uname(2) calls it.

    Raises:
        ImageError: it is no such archive, a name in it leaves it, a part is missing or is fetched from elsewhere, it
            holds several images or one for another machine.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            members = _members(archive, path.stat().st_size, limits)

            def read(name: str) -> object:
                member = members.get(name)
                opened = archive.extractfile(member) if member is not None and member.isfile() else None
                if member is None or opened is None:
                    raise ImageError(f"the archive is not whole: {shown(name)} is missing")
                if member.size > _MOST_JSON:
                    raise ImageError(f"the archive's {shown(name)} has {member.size} bytes, the limit is {_MOST_JSON}")
                return json.loads(opened.read(_MOST_JSON))

            blobs = Blobs(read, {name: member.size for name, member in members.items()})
            if "manifest.json" in members:
                check_docker(blobs, machine)
                return "docker-archive"
            if "oci-layout" in members and "index.json" in members:
                check_oci(blobs, machine)
                return "oci-archive"
    except (tarfile.TarError, EOFError, ValueError, RecursionError, OverflowError) as cause:
        raise ImageError(f"the archive cannot be read: {shown(str(cause))}") from cause
    except OSError as cause:
        raise ImageError(f"the archive cannot be read: {cause.strerror or cause}") from cause
    raise ImageError(
        "the archive is neither an OCI archive (oci-layout, index.json) nor one of docker save (manifest.json)"
    )


def _members(archive: tarfile.TarFile, size: int, limits: ImageLimits) -> dict[str, tarfile.TarInfo]:
    """Return all members by their plain names."""
    members: dict[str, tarfile.TarInfo] = {}
    total = 0
    for member in archive:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts:
            raise ImageError(f"the archive holds a name that leads out of it: {shown(member.name)}")
        if not (member.isfile() or member.isdir()):
            raise ImageError(f"the archive holds {shown(member.name)}, which is neither a file nor a folder")
        if member.offset_data + member.size > size:
            raise ImageError(f"the archive is cut in the middle of {shown(member.name)}")
        members[str(path)] = member
        total += member.size
        if len(members) > _MOST_MEMBERS:
            raise ImageError(f"the archive holds more than {_MOST_MEMBERS} parts")
        if total > limits.tree_bytes:
            raise ImageError(f"the archive holds more than {amount(limits.tree_bytes)}")
    return members
