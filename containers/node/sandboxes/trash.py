"""Deleted sandboxes: kept for some days with all that is in them. Callers hold the sandbox's lock."""

import time
from pathlib import Path

from containers.node.accounts import remove_account
from containers.node.durable import sync_folder
from containers.node.errors import NodeError
from containers.node.locks import locked
from containers.node.sandboxes import lifecycle
from containers.node.sandboxes.disks.unpack import remove_folder
from containers.node.sandboxes.places import Places
from containers.node.settings import NodeSettings

_DAY_S = 86_400


def delete(places: Places) -> None:
    """Stop a sandbox, close it to everybody, and put it in the trash.

    Raises:
        NodeError: there is none (``unknown_sandbox``), or a commit is reading it (``busy``).
    """
    lifecycle.owner_of(places)
    lifecycle.stop(places)
    places.keys.unlink(missing_ok=True)
    places.trash.mkdir(parents=True, exist_ok=True)
    # By a number that grows, whatever the clock does: two deletions never meet.
    places.folder.rename(places.trash / f"{max(int(time.time()), _newest(places.trash) + 1)}")
    sync_folder(places.trash)
    sync_folder(places.folder.parent)


def restore(places: Places) -> None:
    """Put the sandbox of this name that was deleted last back; nobody has a key to it.

    Raises:
        NodeError: there is one of this name (``exists``), or none in the trash (``unknown_sandbox``).
    """
    if places.folder.exists():
        raise NodeError("exists", f"there is a sandbox {places.name!r}: delete it first")
    newest = _newest(places.trash)
    if not newest:
        raise NodeError("unknown_sandbox", f"no deleted sandbox {places.name!r} can be restored")
    (places.trash / str(newest)).rename(places.folder)
    sync_folder(places.folder.parent)


def deleted(places: Places) -> list[int]:
    """Return when the sandboxes of this name in the trash were deleted, seconds since 1970."""
    return sorted(_times(places.trash))


def purge(settings: NodeSettings, now: float | None = None) -> list[str]:
    """Remove what has been in the trash for longer than ``keep_days``, and accounts of which nothing is left.

    Returns:
        the names of sandboxes of which something was removed.
    """
    before = (time.time() if now is None else now) - settings.keep_days * _DAY_S
    purged = []
    for folder in sorted((settings.root / "trash").glob("*")):
        places = Places(settings, folder.name)
        with locked(settings.run, places.name):
            # Whoever had the lock may have emptied it: the portal and an administrator may ask at the same time.
            if not folder.is_dir():
                continue
            old = [moment for moment in _times(folder) if moment <= before]
            for moment in old:
                remove_folder(folder / str(moment))
            if old:
                purged.append(places.name)
            if not _times(folder):
                folder.rmdir()
                if not places.folder.exists():
                    remove_folder(places.built)
                    remove_account(settings, places.name)
    return purged


def _times(folder: Path) -> list[int]:
    try:
        return [int(path.name) for path in folder.iterdir() if path.name.isdecimal()]
    except FileNotFoundError:
        return []


def _newest(folder: Path) -> int:
    return max(_times(folder), default=0)
