"""A long step of a build or an import, within its time and room."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from containers.building.command import environment, run_logged
from containers.building.room import RoomWatch
from containers.errors import BuildFailed
from containers.surveying.limits import ImageLimits


@dataclass(frozen=True)
class StepBounds:
    """Within what a step works.

    Attributes:
        place: the folder for temporary files, which counts against ``limits.tree_bytes``.
        limits: how much it may write.
        timeout_s: seconds.
        log: gets its output.
        on_line: is given each line of it.
    """

    place: Path
    limits: ImageLimits
    timeout_s: float
    log: IO[bytes] | None
    on_line: Callable[[str], None] | None


def run_step(argv: tuple[str, ...], bounds: StepBounds, *, what: str) -> str:
    """Run a command to its good end; return its last lines.

    Args:
        argv: the command.
        bounds: within what.
        what: what is done, for the sentence, such as ``the build of app.def``.

    Raises:
        BuildFailed: it failed, took too long or too much room; holds the last lines.
        OSError: it cannot be started.
    """
    place = bounds.place
    ended = run_logged(
        argv,
        env=environment(place) | {"APPTAINER_TMPDIR": str(place), "APPTAINER_CACHEDIR": str(place / "cache")},
        timeout_s=bounds.timeout_s,
        log=bounds.log,
        on_line=bounds.on_line,
        watch=RoomWatch(place, bounds.limits.tree_bytes),
    )
    if ended.stopped:
        raise BuildFailed(ended.stopped, log_tail=ended.tail)
    if ended.timed_out:
        raise BuildFailed(f"{what} took more than {bounds.timeout_s:g} s and was ended", log_tail=ended.tail)
    if ended.rc != 0:
        full = "No space left on device" in ended.tail
        reason = "there is no room left on the disk" if full else "see its log"
        raise BuildFailed(f"{what} failed: {reason}", log_tail=ended.tail, transient=full)
    return ended.tail
