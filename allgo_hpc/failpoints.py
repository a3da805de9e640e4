"""Named steps at which a test lets this process die, at once and without a word, as a power cut would.

Inert unless the service was started with ``ALLGO_FAILPOINTS=<folder>``, which no setting, file of settings or request
can do. A file in that folder with the name of a step arms the step; the first process that reaches it takes the file
away and is gone. See ``tests/faults``.
"""

import os
import signal
from contextlib import suppress
from pathlib import Path

VARIABLE = "ALLGO_FAILPOINTS"
POINTS = (
    "upload.file_written",
    "piece.written",
    "claim.noted",
    "claim.moved",
    "submit.noted",
    "submit.control_made",
    "submit.argv_written",
    "submit.placed",
    "submit.flushed",
    "submit.committed",
    "batch.task_placed",
    "dispatch.asking",
    "dispatch.answered",
    "move.written",
    "move.committed",
    "cancel.stored",
    "cancel.claimed",
    "sweep.answered",
    "near.answered",
    "sweep.retrying",
    "end.listed",
    "restart.stored",
    "deletion.marked",
    "deletion.renamed",
    "tidy.placed_removed",
)
"""Every step that has a name; ``tests/faults`` kills at each."""

_folder = os.environ.get(VARIABLE, "")


def reach(point: str) -> None:
    """Die here if a test has armed this step."""
    if not _folder:
        return
    with suppress(FileNotFoundError):
        (Path(_folder) / point).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
