"""The one long step of a build or an import: Apptainer at work, within its time and room."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from containers.building.build_command import COVER_WARNING
from containers.building.command import environment, run_logged
from containers.building.room import RoomWatch
from containers.errors import BuildFailed
from containers.surveying.limits import ImageLimits


@dataclass(frozen=True)
class StepBounds:
    """Within what Apptainer works.

    Attributes:
        place: its folder for temporary files, which counts against ``limits.tree_bytes``.
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


def make_image(argv: tuple[str, ...], image: Path, bounds: StepBounds, *, what: str) -> str:
    """Run Apptainer until the image is there; return its last lines.

    Args:
        argv: the command.
        image: the file that it makes.
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
        hide=COVER_WARNING,
        watch=RoomWatch(place, bounds.limits.tree_bytes),
    )
    if ended.stopped:
        raise BuildFailed(ended.stopped, log_tail=ended.tail)
    if ended.timed_out:
        raise BuildFailed(f"{what} took more than {bounds.timeout_s:g} s and was ended", log_tail=ended.tail)
    if ended.rc != 0 or not image.is_file():
        full = "No space left on device" in ended.tail
        reason = "there is no room left on the disk" if full else "see its log"
        raise BuildFailed(f"{what} failed: {reason}", log_tail=ended.tail, transient=full)
    return ended.tail
