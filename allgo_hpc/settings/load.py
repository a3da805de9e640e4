"""Reads the settings: defaults, then the TOML file, then the environment (ALLGO_HPC_<KEY>); refuses what is unknown."""

import dataclasses
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from allgo_hpc.mail.where import parse_mail_url
from allgo_hpc.near import did_you_mean
from allgo_hpc.settings.model import Queue, Settings, SettingsError
from allgo_hpc.settings.outside import check_outside, parse_networks
from allgo_hpc.webhooks.addresses import parse_allowed

PREFIX = "ALLGO_HPC_"
CONF_VARIABLE = "ALLGO_HPC_CONF"
DEFAULT_CONF = Path("/etc/allgo-hpc/allgo-hpc.toml")
_NAMES: dict[type, str] = {int: "whole number", float: "number", str: "text", type(Path()): "path"}
# A variable of the environment is a text whatever it means; int() and Path() read it.
_TAKEN: dict[type, tuple[type, ...]] = {
    int: (int, str),
    float: (int, float, str),
    str: (str,),
    type(Path()): (str, Path),
}
_QUEUE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_PARTITION = re.compile(r"[A-Za-z0-9._-]{1,128}(,[A-Za-z0-9._-]{1,128})*")
_FIELDS = {field.name: field for field in dataclasses.fields(Settings)}
_READERS: dict[str, Callable[[str], object]] = {
    "webhook_allow": parse_allowed,
    "mail_url": parse_mail_url,
    "trusted_header_from": parse_networks,
}
"""Settings that are more than a text; each reader raises a ValueError that says what is wrong."""


def load_settings(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this machine.

    Args:
        path: the TOML file; by default the one that ALLGO_HPC_CONF names, else /etc/allgo-hpc/allgo-hpc.toml if there.
        environ: the environment to read; by default the process's.

    Raises:
        SettingsError: a file that cannot be read, an unknown name, a value of the wrong type or out of its limits.
    """
    env = os.environ if environ is None else environ
    named = path or (Path(env[CONF_VARIABLE]) if env.get(CONF_VARIABLE) else None)
    values: dict[str, Any] = {}
    if named is not None or DEFAULT_CONF.exists():
        values.update(_read_file(named or DEFAULT_CONF))
    for variable, text in env.items():
        if variable.startswith(PREFIX) and variable != CONF_VARIABLE:
            values[variable.removeprefix(PREFIX).lower()] = text
    return make_settings(values)


def make_settings(values: Mapping[str, Any]) -> Settings:
    """Check names, types and limits, and return the settings."""
    checked: dict[str, Any] = {}
    for name, value in values.items():
        if name not in _FIELDS:
            raise SettingsError(f"unknown setting '{name}'{did_you_mean(name, _FIELDS)}")
        checked[name] = _queues(value) if name == "queues" else _plain(name, value)
    made = Settings(**checked)
    check_outside(made)
    return made


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings file {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"the settings file {path} is not valid TOML: {error}") from error


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401
    field = _FIELDS[name]
    kind: type[Any] = type(field.default)
    wrong = SettingsError(f"setting '{name}': {value!r} is not a {_NAMES[kind]}")
    if isinstance(value, bool) or not isinstance(value, _TAKEN[kind]):
        raise wrong
    try:
        made = kind(value)
    except ValueError:
        raise wrong from None
    words = field.metadata["words"]
    if words and made not in words:
        raise SettingsError(f"setting '{name}': {made!r} is none of {', '.join(words)}{did_you_mean(made, words)}")
    if isinstance(made, Path) and not made.is_absolute():
        raise SettingsError(f"setting '{name}': {str(made)!r} must be an absolute path")
    if name in _READERS:
        try:
            _READERS[name](made)
        except ValueError as error:
            raise SettingsError(f"setting '{name}': {error}") from None
    least, most = field.metadata["least"], field.metadata["most"]
    # Written so that "nan", which is neither below nor above anything, is refused too.
    if (least is not None and not made >= least) or (most is not None and not made <= most):
        raise SettingsError(f"setting '{name}': {made} is out of its limits ({least} to {most or 'any'})")
    return made


def _queues(value: Any) -> tuple[Queue, ...]:  # noqa: ANN401
    if not isinstance(value, dict) or not value:
        raise SettingsError("setting 'queues': must be tables like [queues.standard] with partition and minutes")
    queues = []
    for name, table in value.items():
        if not isinstance(table, dict) or set(table) != {"partition", "minutes"}:
            raise SettingsError(f"setting 'queues.{name}': needs exactly partition and minutes")
        if not _QUEUE.fullmatch(name):
            raise SettingsError(f"setting 'queues': the name {name!r} is not 1 to 32 of a-z, 0-9, '-' and '_'")
        if not isinstance(table["partition"], str) or not _PARTITION.fullmatch(table["partition"]):
            raise SettingsError(f"setting 'queues.{name}': {table['partition']!r} is not a partition's name")
        if type(table["minutes"]) is not int or table["minutes"] < 1:
            raise SettingsError(f"setting 'queues.{name}': minutes must be a whole number above 0")
        queues.append(Queue(name=name, partition=table["partition"], minutes=table["minutes"]))
    return tuple(queues)
