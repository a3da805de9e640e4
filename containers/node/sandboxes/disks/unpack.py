"""Fills a new sandbox's disk from an image."""

import shutil
from pathlib import Path

from containers.errors import ImageError
from containers.node.accounts import Account, as_root_inside
from containers.node.commands import attempt, run
from containers.node.errors import NodeError
from containers.sif.reading import read_header

_TIMEOUT_S = 900.0
# Where an app lives (the A||GO contract), and where everything is mounted that a session sees beside its disk.
HOME = "home/allgo"
# What Apptainer leaves in an image for itself; its own folders would only be in the author's way.
_APPTAINERS = (".singularity.d", "environment", "singularity")


def unpack_image(image: Path, tree: Path, account: Account) -> None:
    """Unpack an image's files into an empty tree, as root inside: all ids come out as they are in the image.

    unsquashfs runs with no more rights than the sandbox's account: an image made to break it gets hold of nothing.

    Raises:
        NodeError: it is no image (``bad_image``), or it does not fit on the disk (``no_room``).
    """
    try:
        offset = read_header(image).offset
    except ImageError as cause:
        raise NodeError("bad_image", f"image: {cause}") from cause
    prefix = as_root_inside(account)
    unsquashfs = ("unsquashfs", "-quiet", "-no-progress", "-force", "-offset", str(offset), "-dest", str(tree))
    code, told = attempt(*prefix, *unsquashfs, str(image), timeout_s=_TIMEOUT_S)
    # Device nodes cannot be made in a user namespace, and a sandbox has no use for them: /dev is its own.
    complaints = [
        line for line in told.splitlines() if line.strip() and "device" not in line and "superuser" not in line
    ]
    if code != 0 and any("space" in line for line in complaints):
        raise NodeError("no_room", "image: it does not fit on a sandbox's disk")
    if code != 0 and complaints:
        raise NodeError("bad_image", f"image: it cannot be unpacked: {complaints[-1].strip()[:200]}")
    run(*prefix, "sh", "-c", _TIDY, "sh", str(tree), *_APPTAINERS)


_TIDY = f"""set -eu
cd -- "$1"; shift
rmdir lost+found 2>/dev/null || true
for name in "$@"; do
    if [ "$name" = .singularity.d ] || [ -L "$name" ]; then rm -rf -- "$name"; fi
done
# No link is followed out of the tree: a part that is no folder is left as it is, and told at the first session.
[ -L home ] || mkdir -p {HOME} 2>/dev/null || true
"""


def remove_folder(folder: Path) -> None:
    """Delete a folder of the node's own; what is not there is deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise NodeError("failed", f"{folder.name} could not be removed on the build node")
