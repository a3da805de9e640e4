"""The command that builds an image from a definition file. Pure."""

from pathlib import Path

from containers.paths import check_plain_path

# A tree of 435 MB: 10 s and 170 MB; with gzip, Apptainer's default, 34 s and 158 MB (2 cores, apptainer 1.4.5).
PACKING = "-comp zstd -Xcompression-level 1"
# Folders of the machine that Apptainer would let the author's %post see. A fresh folder lies over each.
# Apptainer's word about each of them, although they do lie on top.
COVER_WARNING = "destination is already in the mount point list"
_COVERED = {"tmp": "/tmp", "var-tmp": "/var/tmp", "shm": "/dev/shm"}  # noqa: S108  # paths in the container


def build_argv(definition: Path, image: Path, covers: Path, *, apptainer: str = "apptainer") -> tuple[str, ...]:
    """Return the command.

    ``apptainer build --fakeroot`` runs ``%post`` with process ids and a root file system of its own, but with the
    machine's /tmp, /var/tmp and /dev/shm (seen with 1.4.5): what other programs of the same user keep there could be
    read and changed. Its network is the machine's, as packages must be fetched.

    Args:
        definition: the definition file.
        image: the file to make.
        covers: a folder with the folders of ``cover_names``.
        apptainer: the program.

    Raises:
        ValueError: a path holds what the command line could take for something else.
    """
    binds = ",".join(f"{check_plain_path('the cover', covers / name)}:{target}" for name, target in _COVERED.items())
    return (
        apptainer,
        "--quiet",
        "build",
        "--fakeroot",
        "--bind",
        binds,
        "--mksquashfs-args",
        PACKING,
        check_plain_path("the image", image),
        check_plain_path("the definition file", definition),
    )


def import_argv(kind: str, archive: Path, image: Path, *, apptainer: str = "apptainer") -> tuple[str, ...]:
    """Return the command that makes an image of an archive; no command of the archive's is run.

    Args:
        kind: ``oci-archive`` or ``docker-archive``.
        archive: the file.
        image: the file to make.
        apptainer: the program.

    Raises:
        ValueError: a path holds what the command line could take for something else.
    """
    source = f"{kind}:{check_plain_path('the archive', archive)}"
    image_path = check_plain_path("the image", image)
    return (apptainer, "--quiet", "build", "--fakeroot", "--mksquashfs-args", PACKING, image_path, source)


def make_covers(covers: Path) -> None:
    """Make the folders that lie over those of the machine, open to every user inside as such folders are."""
    covers.mkdir()
    for name in _COVERED:
        (covers / name).mkdir()
        (covers / name).chmod(0o1777)
