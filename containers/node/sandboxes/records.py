"""What is known of a sandbox, for those who ask."""

import shutil
from typing import Any

from containers.node.accounts import find_account
from containers.node.durable import read_note
from containers.node.names import is_name
from containers.node.sandboxes import holding, lifecycle, trash
from containers.node.sandboxes.disks import disk
from containers.node.sandboxes.places import Places
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.sessions.registry import open_sessions
from containers.node.settings import NodeSettings


def names(settings: NodeSettings) -> list[str]:
    """Return the names of all sandboxes that are there."""
    folder = settings.root / "sandboxes"
    return sorted(path.name for path in folder.glob("*") if is_name(path.name)) if folder.is_dir() else []


def status(places: Places) -> dict[str, Any]:
    """Return a sandbox's state, ``absent``, ``stopped``, ``running`` or ``frozen``, with what it uses of its limits."""
    settings = places.settings
    if not places.folder.is_dir() or find_account(places.name) is None:
        return {"state": "absent", "name": places.name, "deleted": trash.deleted(places)}
    record = read_note(places.record)
    told: dict[str, Any] = {
        "name": places.name,
        "created": record.get("created"),
        "image": record.get("image"),
        "keys": _count_keys(places),
        "limits": {
            "disk_mb": record.get("disk_mb"),
            "memory_mb": settings.memory_mb,
            "processes": settings.processes,
            "idle_minutes": settings.idle_minutes,
        },
        "deleted": trash.deleted(places),
    }
    if lifecycle.running(places) is None:
        return {**told, "state": "frozen" if holding.is_held(places) else "stopped", "sessions": 0}
    memory_mb, processes = Group(places.name).usage()
    activity = read_note(places.activity)
    return {
        **told,
        "state": "frozen" if holding.is_held(places) else "running",
        "started": read_note(places.started).get("at"),
        "active": activity.get("at"),
        "sessions": len(open_sessions(places)),
        "used": {"disk_mb": disk.usage_mb(places.tree)[0], "memory_mb": memory_mb, "processes": processes},
    }


def node_status(settings: NodeSettings) -> dict[str, Any]:
    """Return the node's room and what it has."""
    room = shutil.disk_usage(settings.root)
    images = settings.root / "images"
    return {
        "sandboxes": names(settings),
        "running": [name for name in names(settings) if lifecycle.running(Places(settings, name)) is not None],
        "images": sorted(path.stem for path in images.glob("*.sif")),
        "disk": {"free_mb": room.free >> 20, "total_mb": room.total >> 20},
    }


def _count_keys(places: Places) -> int:
    try:
        return len(places.keys.read_text().splitlines())
    except OSError:
        return 0
