"""Reads an author's app.toml and refuses what it does not know."""

import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from allgo_hpc.authoring.names import check_name
from allgo_hpc.authoring.properties import (
    MOST_MB,
    Rules,
    check_long_text,
    check_properties,
    check_within,
    default_properties,
)
from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean
from allgo_hpc.parameters.presets import check_presets
from allgo_hpc.parameters.schema import check_parameters
from allgo_hpc.settings import Settings

_KNOWN = {
    "name": str, "title": str, "description": str, "changelog": str, "contact": str, "public": bool, "memory_mb": int,
    "cpus": int, "gpus": int, "default_queue": str, "network": bool, "disk_scratch": bool, "entrypoint": str,
    "tags": list, "input_max_mb": int, "rerun_after_node_failure": bool, "preset": list, "parameter": list,
    "example": dict, "citation": str,
}  # fmt: skip
_LONGEST = {"entrypoint": 1000, "changelog": 100_000}
"""Characters."""
_PROPERTIES = (
    "title", "description", "contact", "citation", "public", "memory_mb", "cpus", "gpus", "default_queue", "network",
    "disk_scratch", "rerun_after_node_failure", "tags",
)  # fmt: skip
"""Keys that are properties of the app under the same name."""


@dataclass(frozen=True, kw_only=True)
class AppManifest:
    """What an author says of an app."""

    name: str
    title: str
    description: str
    changelog: str
    contact: str
    citation: str
    public: bool
    memory_mb: int
    cpus: int
    gpus: int
    default_queue: str
    network: bool
    disk_scratch: bool
    input_max_bytes: int | None
    rerun_after_node_failure: bool
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
    """Check names, types and limits.

    Raises:
        BadInput: naming the key.
    """
    try:
        return _check(table, settings)
    except BadInput as error:
        raise BadInput(f"app.toml: {error}", field=error.field) from error


def _check(table: dict[str, Any], settings: Settings) -> AppManifest:
    for key, value in table.items():
        if key not in _KNOWN:
            raise BadInput(f"unknown key '{key}'{did_you_mean(key, _KNOWN)}", field=key)
        if type(value) is not _KNOWN[key]:
            raise BadInput(f"'{key}' must be a {_KNOWN[key].__name__}", field=key)
        if isinstance(value, str):
            check_long_text(key, value, _LONGEST.get(key, len(value)))
    name = check_name(table.get("name", ""))
    entrypoint = PurePosixPath(table.get("entrypoint", "/home/allgo/entrypoint"))
    if not entrypoint.is_absolute() or ".." in entrypoint.parts or not str(entrypoint).isprintable():
        raise BadInput("'entrypoint' must be an absolute path in the image", field="entrypoint")
    rules = Rules(settings)
    properties = default_properties(name, settings) | check_properties(
        {key: table[key] for key in _PROPERTIES if key in table}, rules
    )
    input_max_mb = check_within("input_max_mb", table.get("input_max_mb", 1), 1, MOST_MB)
    return AppManifest(
        name=name,
        entrypoint=entrypoint,
        changelog=table.get("changelog", ""),
        input_max_bytes=input_max_mb * 2**20 if "input_max_mb" in table else None,
        presets=check_presets(table.get("preset", []), param_max_bytes=settings.param_max_bytes),
        parameters=check_parameters(table.get("parameter", [])),
        **{key: properties[key] for key in _PROPERTIES},
    )
