"""Takes an image that was made elsewhere."""

import contextlib
import logging
import platform
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from containers.building.build_command import import_argv
from containers.building.built import BuiltImage
from containers.building.image_file import fresh_name, put_in_place
from containers.building.image_step import StepBounds, run_step
from containers.building.workshop import workshop
from containers.errors import ContainerError, ImageError
from containers.importing.archive import archive_kind
from containers.inspect import inspect_image
from containers.surveying.limits import ImageLimits, amount
from containers.surveying.program import ENTRYPOINT

_log = logging.getLogger(__name__)
_SIF_AT, _SIF = 32, b"SIF_MAGIC"
_TAR_AT, _TAR = 257, b"ustar"


def import_image(
    source: Path,
    out: Path,
    limits: ImageLimits | None = None,
    *,
    entrypoint: PurePosixPath = ENTRYPOINT,
    timeout_s: float = 1800.0,
    log: Path | None = None,
    on_line: Callable[[str], None] | None = None,
    work_dir: Path | None = None,
    apptainer: str = "apptainer",
) -> BuiltImage:
    """Check an image, bring it into form and put it in place. As the unprivileged service user; no network is used.

    Args:
        source: a SIF file, an OCI archive or one of ``docker save``; what it is, its content says, not its name.
        out: where the image goes, as ``<sha256>.sif``.
        limits: how large it may be.
        entrypoint: the program that the image must hold.
        timeout_s: seconds for unpacking and packing.
        log: a file for the output; it is written anew.
        on_line: is given each line of it.
        work_dir: a folder on a local disk with room for the unpacked image; None for the machine's temporary folder.
        apptainer: the program.

    Raises:
        ImageError: it is no image, or not one that can run here.
        BuildFailed: it could not be unpacked or packed, took too long or too much room.
        ContainerError: the machine cannot do it: no room, no Apptainer.
    """
    limits = limits or ImageLimits()
    fresh = fresh_name(out)
    try:
        kind = _kind(source, limits)
        if kind == "sif":
            inspect_image(source, entrypoint, limits=limits)
            shutil.copyfile(source, fresh)
        else:
            opened = contextlib.nullcontext() if log is None else log.open("wb")
            with workshop(work_dir) as place, opened as log_file:
                # Under a name of ours: Apptainer reads what follows a colon in a name as a tag.
                (archive := place / "archive.tar").symlink_to(source.absolute())
                bounds = StepBounds(place, limits, timeout_s, log_file, on_line)
                run_step(import_argv(kind, archive, fresh, place, apptainer=apptainer), bounds, what="the import")
        # The copy is looked at, not the source, which its owner may have changed meanwhile.
        found = inspect_image(fresh, entrypoint, limits=limits)
        final = out / f"{found.sha256}.sif"
        put_in_place(fresh, final)
    except OSError as cause:
        raise ContainerError(f"the image cannot be imported here: {cause}", transient=True) from cause
    finally:
        fresh.unlink(missing_ok=True)
    _log.info("imported %s, %d bytes", final.name, found.size)
    return BuiltImage(final, found.sha256, found.size, entrypoint)


def _kind(source: Path, limits: ImageLimits) -> str:
    """Return ``sif``, ``oci-archive`` or ``docker-archive``."""
    size = source.stat().st_size
    if size > limits.image_bytes:
        raise ImageError(f"the file has {amount(size)}, the limit is {amount(limits.image_bytes)}")
    with source.open("rb") as file:
        head = file.read(_TAR_AT + len(_TAR))
    if head.startswith(b"hsqs") or head[_SIF_AT:].startswith(_SIF):
        return "sif"
    if head[_TAR_AT:] == _TAR:
        return archive_kind(source, limits, platform.machine())
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")):
        raise ImageError("the file is compressed: send the archive as docker save or skopeo writes it, uncompressed")
    raise ImageError("the file is neither a SIF image nor an archive of an image")
