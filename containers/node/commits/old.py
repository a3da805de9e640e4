"""Forgets commits that nobody asked to end: the portal was away, or was set up anew."""

import shutil
import time
from pathlib import Path

from containers.node import processes
from containers.node.durable import read_note
from containers.node.settings import NodeSettings

_KEPT_S = 2 * 24 * 3600.0


def forget_old(settings: NodeSettings, *, now: float | None = None) -> list[str]:
    """Remove commits and images that were made more than two days ago; returns the names of the files and folders.

    One that is under way is left alone, however long it takes.
    """
    before = (time.time() if now is None else now) - _KEPT_S
    gone = []
    for folder in (settings.root / "commits").glob("*/*"):
        note = read_note(folder / "state.json")
        if _is_older(folder, before) and not processes.is_same(note.get("pid"), note.get("started")):
            shutil.rmtree(folder, ignore_errors=True)
            gone.append(folder.name)
    for image in (settings.root / "built").glob("*/*.sif"):
        if _is_older(image, before):
            image.unlink(missing_ok=True)
            gone.append(image.name)
    return gone


def _is_older(path: Path, moment: float) -> bool:
    """False also for what another helper removed meanwhile."""
    try:
        return path.stat().st_mtime < moment
    except FileNotFoundError:
        return False
