"""What came of a build job, as a file. Written by the job, read by the portal, which believes none of it unchecked."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path

from containers.build_jobs.request import RESULT, write_whole
from containers.surveying.entry import shown

_MOST_BYTES = 256 * 1024
_LONGEST_TEXT, _MOST_NOTES = 20_000, 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class BuildResult:
    """How a build ended.

    Attributes:
        sha256: of the image, which is ``<target_dir>/<sha256>.sif``; empty where there is none.
        size: of it, bytes.
        base: the base it was built on, where it is known.
        notes: what its author should know, such as files that were left out.
        sentence: why there is none, for the author; has several lines where several lines of a recipe are wrong.
        transient: the same may succeed later.
        log_tail: the last lines of the build's output.
    """

    sha256: str = ""
    size: int = 0
    base: str = ""
    notes: tuple[str, ...] = ()
    sentence: str = ""
    transient: bool = False
    log_tail: str = ""

    @property
    def image_made(self) -> bool:
        """There is an image."""
        return bool(self.sha256)


def write_result(folder: Path, result: BuildResult) -> None:
    """Write the result, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    write_whole(folder / RESULT, json.dumps(asdict(result)))


def read_result(folder: Path) -> BuildResult | None:
    """Return the result; None while there is none, or when what is there is no result.

    A job that Slurm ended hard leaves none: then Slurm's word says why. Before an image is used it has to be inspected
    (``inspect_image`` with its ``sha256``).
    """
    try:
        with (folder / RESULT).open("rb") as file:
            found = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    sha256, size = found.get("sha256"), found.get("size")
    if (
        not isinstance(sha256, str)
        or not isinstance(size, int)
        or isinstance(size, bool)
        or size < 0
        or (sha256 and not _SHA256.fullmatch(sha256))
    ):
        return None
    notes = found.get("notes")
    plain_notes = tuple(_text(note) for note in notes[:_MOST_NOTES]) if isinstance(notes, list) else ()
    texts = {name: _text(found.get(name)) for name in ("base", "sentence", "log_tail")}
    if not sha256 and not texts["sentence"]:
        return None
    return BuildResult(sha256, size, notes=plain_notes, transient=found.get("transient") is True, **texts)


def _text(value: object) -> str:
    lines = value[:_LONGEST_TEXT].split("\n") if isinstance(value, str) else []
    return "\n".join("".join(map(shown, line)) for line in lines)
