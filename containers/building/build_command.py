"""The command that builds an image from a definition file. Pure."""

from pathlib import Path

from containers.paths import check_plain_path

# A tree of 435 MB: 10 s and 170 MB; with gzip, Apptainer's default, 34 s and 158 MB (2 cores, apptainer 1.4.5).
PACKING = "-comp zstd -Xcompression-level 1"
# Everything but two folders is made read-only before Apptainer begins.
_CONFINED = """\
mount --bind -- "$1" "$1" && mount --bind -- "$2" "$2" && mount -o remount,bind,ro=recursive / \
&& mount -o remount,bind,rw -- "$1" && mount -o remount,bind,rw -- "$2" && shift 2 && exec "$@\""""


def build_argv(definition: Path, image: Path, *, apptainer: str = "apptainer") -> tuple[str, ...]:
    """Return the command that builds a base. Not for what an author wrote: see ``run_steps_argv``.

    ``apptainer build --fakeroot`` lets ``%post`` reach all of the machine that the user may reach, by ``/proc/1/root``
    (seen with 1.4.5).

    Args:
        definition: the definition file, the project's own.
        image: the file to make.
        apptainer: the program.

    Raises:
        ValueError: a path holds what the command line could take for something else.
    """
    return (
        *(apptainer, "--quiet", "build", "--fakeroot", "--mksquashfs-args", PACKING),
        *(check_plain_path("the image", image), check_plain_path("the definition file", definition)),
    )


def import_argv(kind: str, archive: Path, image: Path, place: Path, *, apptainer: str = "apptainer") -> tuple[str, ...]:
    """Return the command that makes an image of an archive. No command of the archive's is run.

    Apptainer writes its settings into what it has unpacked, through links that a layer may hold. So it runs where all
    else is read-only and where there is no network; as root of a namespace with all of the user's ids.

    Args:
        kind: ``oci-archive`` or ``docker-archive``.
        archive: the file.
        image: the file to make; its folder can be written.
        place: the folder for temporary files; it can be written.
        apptainer: the program.

    Raises:
        ValueError: a path holds what the command line could take for something else.
    """
    source = f"{kind}:{check_plain_path('the archive', archive)}"
    image_path = check_plain_path("the image", image)
    return (
        *("unshare", "--user", "--map-auto", "--map-root-user", "--net", "--mount", "--propagation", "private", "--"),
        *("sh", "-c", _CONFINED, "sh", check_plain_path("the place", place), str(image.parent)),
        *(apptainer, "--quiet", "build", "--mksquashfs-args", PACKING, image_path, source),
    )
