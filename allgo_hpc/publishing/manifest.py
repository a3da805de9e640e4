"""Reads an author's app.toml and refuses what it does not know."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean
from allgo_hpc.publishing.parameters import check_parameters
from allgo_hpc.publishing.presets import check_presets, check_tags
from allgo_hpc.settings import Settings

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KNOWN = {
    "name": str, "title": str, "description": str, "changelog": str, "contact": str, "public": bool, "memory_mb": int,
    "cpus": int, "default_queue": str, "network": bool, "disk_scratch": bool, "entrypoint": str, "tags": list,
    "preset": list, "parameter": list, "example": dict,
}  # fmt: skip
_LONGEST = {"title": 200, "contact": 254, "entrypoint": 1000}
"""What the database keeps of each; the others have no limit."""
_LONG_TEXTS = {"description", "changelog"}
_LEAST_MB, _MOST_MB, _MOST_CPUS = 16, 4 * 1024 * 1024, 4096


@dataclass(frozen=True, kw_only=True)
class AppManifest:
    """What an author says of an app."""

    name: str
    title: str
    description: str
    changelog: str
    contact: str
    public: bool
    memory_mb: int
    cpus: int
    default_queue: str
    network: bool
    disk_scratch: bool
    entrypoint: PurePosixPath
    tags: list[str]
    presets: list[dict[str, str]]
    parameters: list[dict[str, Any]]


def read_manifest(folder: Path, settings: Settings) -> AppManifest:
    """Read ``app.toml`` of an author's folder.

    Raises:
        BadInput: naming the key.
    """
    path = folder / "app.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"{folder} has no app.toml", field="app.toml") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path}: {error}", field="app.toml") from error
    return check_manifest(table, settings)


def check_manifest(table: dict[str, Any], settings: Settings) -> AppManifest:
    """Check names, types and limits."""
    for key, value in table.items():
        if key not in _KNOWN:
            raise BadInput(f"app.toml: unknown key '{key}'{did_you_mean(key, _KNOWN)}", field=key)
        if type(value) is not _KNOWN[key]:
            raise BadInput(f"app.toml: '{key}' must be a {_KNOWN[key].__name__}", field=key)
        if isinstance(value, str):
            _check_text(key, value)
    name = table.get("name", "")
    if not _NAME.fullmatch(name):
        raise BadInput("app.toml: 'name' must be 1 to 32 of a-z, 0-9 and '-', the first a letter", field="name")
    queues = [queue.name for queue in settings.queues]
    queue = table.get("default_queue", "standard" if "standard" in queues else queues[0])
    if queue not in queues:
        raise BadInput(f"app.toml: there is no queue '{queue}'{did_you_mean(queue, queues)}", field="default_queue")
    entrypoint = PurePosixPath(table.get("entrypoint", "/home/allgo/entrypoint"))
    if not entrypoint.is_absolute() or ".." in entrypoint.parts or not str(entrypoint).isprintable():
        raise BadInput("app.toml: 'entrypoint' must be an absolute path in the image", field="entrypoint")
    return AppManifest(
        name=name,
        title=table.get("title", name),
        description=table.get("description", "").strip(),
        changelog=table.get("changelog", ""),
        contact=table.get("contact", ""),
        public=table.get("public", False),
        memory_mb=_within(table, "memory_mb", 1024, _LEAST_MB, _MOST_MB),
        cpus=_within(table, "cpus", 1, 1, _MOST_CPUS),
        default_queue=queue,
        network=table.get("network", False),
        disk_scratch=table.get("disk_scratch", False),
        entrypoint=entrypoint,
        tags=check_tags(table.get("tags", [])),
        presets=check_presets(table.get("preset", []), param_max_bytes=settings.param_max_bytes),
        parameters=check_parameters(table.get("parameter", [])),
    )


def _check_text(key: str, text: str) -> None:
    if len(text) > _LONGEST.get(key, len(text)):
        raise BadInput(f"app.toml: '{key}' has {len(text)} characters; the limit is {_LONGEST[key]}", field=key)
    allowed = "\n\r\t" if key in _LONG_TEXTS else ""
    for character in text:
        if unicodedata.category(character) == "Cc" and character not in allowed:
            raise BadInput(f"app.toml: '{key}' holds the control character U+{ord(character):04X}", field=key)


def _within(table: dict[str, Any], key: str, default: int, least: int, most: int) -> int:
    value: int = table.get(key, default)
    if not least <= value <= most:
        raise BadInput(f"app.toml: '{key}' is {value}; it may be {least} to {most}", field=key)
    return value
