"""Runs a commit as a process of its own on this machine, and waits for its end."""

from collections.abc import Callable, Mapping
from pathlib import Path

from containers.building.command import run_logged
from containers.committing.messages import Done, Failed, Message, read_message
from containers.errors import BuildFailed

_AFTER_S = 30.0  # for counting and tidying, beyond the time that packing may take


def run_commit(
    argv: tuple[str, ...],
    *,
    env: Mapping[str, str],
    timeout_s: float,
    on_message: Callable[[Message], None] | None = None,
) -> Done:
    """Run what ``commit_argv`` returned; return its last word.

    Raises:
        BuildFailed: there is no image; the sentence is for the author.
        OSError: it cannot be started.
    """
    last: list[Message] = []

    def told(line: str) -> None:
        message = read_message(line)
        if message is not None:
            last[:] = [message]
            if on_message is not None:
                on_message(message)

    ended = run_logged(argv, env=env, timeout_s=timeout_s + _AFTER_S, on_line=told)
    match last:
        case [Done() as done] if ended.rc == 0:
            return done
        case [Failed() as failed]:
            raise BuildFailed(failed.sentence, log_tail=failed.log_tail, transient=failed.transient)
    raise BuildFailed(f"packing ended without a word (exit status {ended.rc})", log_tail=ended.tail)


def image_path(out: Path, done: Done) -> Path:
    """Return where the image lies."""
    return out / f"{done.sha256}.sif"
