"""A folder for the time of a build: its own /tmp, and gone afterwards, whoever its files belong to."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from containers.errors import ContainerError
from containers.reclaim import remove_argv

_REMOVE_TIMEOUT_S = 300.0


@contextlib.contextmanager
def workshop(parent: Path | None) -> Iterator[Path]:
    """Make a fresh folder, and remove it at the end.

    Args:
        parent: where; None for the machine's folder for temporary files. Not on NFS, which knows nothing of sub-ids.

    Raises:
        ContainerError: it cannot be made.
    """
    try:
        place = Path(tempfile.mkdtemp(prefix="allgo-build-", dir=parent))
    except OSError as cause:
        raise ContainerError(f"no folder for the build can be made: {cause}", transient=True) from cause
    try:
        yield place
    finally:
        remove_tree(place)


def remove_tree(folder: Path) -> None:
    """Delete a folder that may hold files of the user's sub-ids; what cannot be deleted stays."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run(remove_argv(folder), capture_output=True, timeout=_REMOVE_TIMEOUT_S, check=False)
