"""The command that commits a tree as a process of its own. Pure."""

import sys
from pathlib import Path, PurePosixPath

from containers.committing.author_text import check_message
from containers.paths import check_path, check_plain_path
from containers.surveying.limits import ImageLimits
from containers.surveying.program import ENTRYPOINT


def commit_argv(
    tree: Path,
    out: Path,
    message: str,
    limits: ImageLimits | None = None,
    *,
    entrypoint: PurePosixPath = ENTRYPOINT,
    timeout_s: float = 1800.0,
    durable: bool = True,
    prefix: tuple[str, ...] = (),
    python: str = sys.executable,
) -> tuple[str, ...]:
    """Return the command; it prints messages (``read_message``) and ends with 0 after ``Done``, else with 1.

    TERM, INT and HUP end it cleanly, as does a reader that goes away.

    Args:
        tree: as for ``commit_tree``, as are the next.
        out: where the image goes.
        message: what the author says of it.
        limits: how large tree and image may be.
        entrypoint: the program.
        timeout_s: seconds for packing.
        durable: as for ``commit_tree``.
        prefix: what makes it root of the tree's user namespace, such as
            ``unshare --user --map-auto --map-root-user --``.
        python: the interpreter that can import this package.

    Raises:
        ValueError: a path or the message is not what it must be.
    """
    limits = limits or ImageLimits()
    check_message(message)
    return (
        *prefix,
        *(python, "-m", "containers.committing"),
        f"--tree={check_path('the tree', tree)}",
        f"--out={check_plain_path('the folder for the image', out)}",
        f"--message={message}",
        f"--entrypoint={check_path('the entrypoint', entrypoint)}",
        f"--files={limits.files}",
        f"--tree-bytes={limits.tree_bytes}",
        f"--image-bytes={limits.image_bytes}",
        f"--seconds={limits.seconds:g}",
        f"--timeout={timeout_s:g}",
        *(() if durable else ("--not-durable",)),
    )
