"""The build node's settings: /etc/allgo-hpc/build-node.toml, every one with its default and limits."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

CONF = Path("/etc/allgo-hpc/build-node.toml")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_LONGEST_VALUE = 1000


class NodeSettingsError(ValueError):
    """A setting is unknown or out of its limits; the sentence names it."""


def _number(default: int, least: int, most: int) -> int:
    made: int = field(default=default, metadata={"least": least, "most": most})
    return made


@dataclass(frozen=True, kw_only=True)
class NodeSettings:
    """All settings of one build node; conf/build-node.toml says what each is.

    Attributes:
        root: folder of disks, images and records, on a local disk.
        run: folder of what ends with the machine's uptime.
        disk_mb: megabytes of each sandbox's disk.
        memory_mb: megabytes of memory of each sandbox.
        processes: processes and threads of each sandbox.
        idle_minutes: a sandbox in which nothing happened for so long is stopped.
        notice_minutes: how long before that its sessions are told.
        keep_days: days for which a deleted sandbox can be restored.
        spare_mb: megabytes that stay free on the disk of ``root``.
        first_uid: accounts of sandboxes have this uid and those after it.
        first_sub_id: their sub-ids are this and those after it, 65536 each.
        accounts: how many accounts there may be.
        environment: variables of every session, such as proxies.
        portal_images: the folder of the portal's images where this machine sees it; empty where it does not.
    """

    root: Path = Path("/var/lib/allgo-node")
    run: Path = Path("/run/allgo-node")
    disk_mb: int = _number(10_240, 64, 4_194_304)
    memory_mb: int = _number(4096, 64, 4_194_304)
    processes: int = _number(512, 32, 65_536)
    idle_minutes: int = _number(480, 1, 43_200)
    notice_minutes: int = _number(10, 0, 1440)
    keep_days: int = _number(30, 0, 3650)
    spare_mb: int = _number(1024, 0, 4_194_304)
    first_uid: int = _number(210_000, 1000, 2_000_000_000)
    first_sub_id: int = _number(1_000_000_000, 100_000, 4_000_000_000)
    accounts: int = _number(1000, 1, 4000)
    environment: Mapping[str, str] = field(default_factory=dict)
    portal_images: Path | None = None


_FIELDS = {one.name: one for one in fields(NodeSettings)}


def load_node_settings(path: Path = CONF) -> NodeSettings:
    """Return the settings; the defaults where there is no file.

    Raises:
        NodeSettingsError: the file cannot be read, or a setting is unknown or out of its limits.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return NodeSettings()
    except (OSError, UnicodeDecodeError) as cause:
        raise NodeSettingsError(f"{path} cannot be read: {cause}") from cause
    return parse_node_settings(text)


def parse_node_settings(text: str) -> NodeSettings:
    """Read the text of the file.

    Raises:
        NodeSettingsError: see ``load_node_settings``.
    """
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise NodeSettingsError(f"build-node.toml is not valid TOML: {cause}") from cause
    return NodeSettings(**{name: _checked(name, value) for name, value in values.items()})


def _checked(name: str, value: Any) -> Any:  # noqa: ANN401
    if name not in _FIELDS:
        raise NodeSettingsError(f"unknown setting {name!r}; there are: {', '.join(_FIELDS)}")
    if name == "environment":
        return _environment(value)
    if name == "portal_images" and value == "":
        return None
    if name in {"root", "run", "portal_images"}:
        if not isinstance(value, str) or not value.startswith("/") or ".." in value.split("/"):
            raise NodeSettingsError(f"setting {name!r}: must be an absolute path without '..'")
        return Path(value)
    least, most = _FIELDS[name].metadata["least"], _FIELDS[name].metadata["most"]
    if type(value) is not int or not least <= value <= most:
        raise NodeSettingsError(f"setting {name!r}: must be a whole number from {least} to {most}")
    return value


def _environment(value: Any) -> Mapping[str, str]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise NodeSettingsError("setting 'environment': must be a table of NAME = \"value\"")
    for name, text in value.items():
        if not _VARIABLE.fullmatch(name):
            raise NodeSettingsError(f"setting 'environment': {name!r} is no variable's name")
        if not isinstance(text, str) or len(text) > _LONGEST_VALUE or not text.isprintable():
            raise NodeSettingsError(f"setting 'environment.{name}': must be one line of at most {_LONGEST_VALUE}")
    return dict(value)
