"""``python -m containers.committing``: commits a tree and prints what happens, a JSON object a line."""

import argparse
import os
import signal
import sys
from pathlib import Path, PurePosixPath
from types import FrameType

from containers.committing.commit import commit_tree
from containers.committing.messages import Done, Failed, Message, write_message
from containers.errors import BuildFailed, ContainerError
from containers.surveying.limits import ImageLimits
from containers.surveying.program import ENTRYPOINT


class Ended(BaseException):
    """Somebody wants the commit to end."""


def main() -> int:
    """Commit as the arguments say; 0 when the image is in its place."""
    arguments = _arguments()
    limits = ImageLimits(
        files=arguments.files,
        tree_bytes=arguments.tree_bytes,
        image_bytes=arguments.image_bytes,
        seconds=arguments.seconds,
    )
    return commit_aloud(
        arguments.tree,
        arguments.out,
        arguments.message,
        limits,
        entrypoint=arguments.entrypoint,
        timeout_s=arguments.timeout,
        durable=not arguments.not_durable,
    )


def commit_aloud(
    tree: Path,
    out: Path,
    message: str,
    limits: ImageLimits,
    *,
    entrypoint: PurePosixPath = ENTRYPOINT,
    timeout_s: float = 1800.0,
    durable: bool = True,
) -> int:
    """Commit as ``commit_tree`` does, print what happens, and return the exit status of this process.

    From here on TERM, INT and HUP end the commit.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    try:
        built = commit_tree(
            tree,
            out,
            message,
            limits,
            entrypoint=entrypoint,
            timeout_s=timeout_s,
            on_progress=_print,
            durable=durable,
        )
        return _last(Done(built.sha256, built.size, built.notes), 0)
    except Ended:
        return _last(Failed("the commit was ended before its end", transient=True), 1)
    except BrokenPipeError:
        return _last(None, 1)
    except BuildFailed as cause:
        return _last(Failed(str(cause), cause.transient, cause.log_tail), 1)
    except (ContainerError, ValueError) as cause:
        return _last(Failed(str(cause), isinstance(cause, ContainerError) and cause.transient), 1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m containers.committing", allow_abbrev=False)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--message", required=True)
    parser.add_argument("--entrypoint", type=PurePosixPath, required=True)
    for name in ("--files", "--tree-bytes", "--image-bytes"):
        parser.add_argument(name, type=int, required=True)
    for name in ("--seconds", "--timeout"):
        parser.add_argument(name, type=float, required=True)
    parser.add_argument("--not-durable", action="store_true")
    return parser.parse_args()


def _end(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the tidying is not disturbed
    raise Ended


def _print(message: Message) -> None:
    sys.stdout.write(write_message(message) + "\n")
    sys.stdout.flush()


def _last(message: Message | None, status: int) -> int:
    try:
        if message is not None:
            _print(message)
    except BrokenPipeError:
        message = None
    if message is None:
        # Nobody reads any more: what is left in the buffer must not fail at the interpreter's end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


if __name__ == "__main__":
    sys.exit(main())
