"""What an image says of itself to Apptainer: labels, run script, definition. Pure but for reading the tree."""

import datetime
import json
import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath

from containers.errors import ImageError
from containers.surveying.roots import Root

_FOLDER = PurePosixPath("/.singularity.d")
_MOST_BYTES = 256 * 1024
_MOST_LABELS, _LONGEST_LABEL = 100, 4000


@dataclass(frozen=True)
class Metadata:
    """Texts for the image.

    Attributes:
        labels: JSON, for ``/.singularity.d/labels.json``.
        runscript: for ``apptainer run``, which starts the entrypoint as a job does.
        definition: what the tree was made from, as far as the tree says so.
        inspect: JSON for ``apptainer inspect``.
        folder_exists: the tree has ``/.singularity.d``.
    """

    labels: str
    runscript: str
    definition: str
    inspect: str
    folder_exists: bool


def read_metadata(root: Root, entrypoint: PurePosixPath, message: str, now: datetime.datetime) -> Metadata:
    """Return the image's texts: the tree's own labels and definition, with the message and the time of this commit.

    Args:
        root: the tree.
        entrypoint: the program.
        message: what the author says of this version; empty for nothing.
        now: the time.

    Raises:
        ImageError: the tree's ``/.singularity.d`` is not a folder, or cannot be read.
    """
    folder = root.look(_FOLDER)
    if folder is not None and not folder.mode.startswith("d"):
        raise ImageError(f"{_FOLDER} is not a folder: Apptainer keeps the image's settings there, remove it")
    labels = old_labels(root.text(_FOLDER / "labels.json", _MOST_BYTES))
    labels["org.opencontainers.image.created"] = now.isoformat(timespec="seconds")
    if message:
        labels["org.opencontainers.image.description"] = message
    runscript = f'#!/bin/sh\nexec {shlex.quote(str(entrypoint))} "$@"\n'
    definition = root.text(_FOLDER / "Singularity", _MOST_BYTES)
    variables = root.text(_FOLDER / "env/90-environment.sh", _MOST_BYTES)
    attributes = {
        "environment": {f"{_FOLDER}/env/90-environment.sh": variables} if variables else {},
        "labels": labels,
        "runscript": runscript,
        "deffile": definition,
    }
    inspect = {"data": {"attributes": attributes}, "type": "container"}
    return Metadata(json.dumps(labels, indent=1) + "\n", runscript, definition, json.dumps(inspect), folder is not None)


def old_labels(text: str) -> dict[str, str]:
    """Return the labels that a tree has; what is no JSON of texts is nothing."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    texts = {name: value for name, value in found.items() if isinstance(value, str) and len(value) <= _LONGEST_LABEL}
    return dict(list(texts.items())[:_MOST_LABELS])
