"""Writes conf/allgo-hpc.toml and docs/settings.md from the settings' own list.

Run it after a change: ``python -m tests.fast.domain.settings_pages``. The tests compare the files with what it writes.
"""

import dataclasses
import json
import textwrap
from pathlib import Path
from typing import Any

from allgo_hpc.settings import Queue, Settings
from allgo_hpc.settings.model import DEFAULT_QUEUES

CHECKOUT = Path(__file__).parents[3]
CONF = CHECKOUT / "conf" / "allgo-hpc.toml"
PAGE = CHECKOUT / "docs" / "settings.md"
FIELDS = dataclasses.fields(Settings)
_KINDS = {int: "whole number", float: "number", str: "text", type(Path()): "path"}
_CONF_HEAD = """\
# The settings of an A||GO HPC portal. Copy this file to /etc/allgo-hpc/allgo-hpc.toml, or name another place in the
# variable ALLGO_HPC_CONF. What is commented out is the default. A variable ALLGO_HPC_<NAME>, such as
# ALLGO_HPC_WORKERS=4, wins over this file. An unknown name is refused, with the nearest known one. Restart the portal
# and the sweep after a change.
"""
_PAGE_HEAD = """\
# Settings

The portal reads `/etc/allgo-hpc/allgo-hpc.toml` (another file: the variable `ALLGO_HPC_CONF`). A variable
`ALLGO_HPC_<NAME>`, such as `ALLGO_HPC_WORKERS=4`, wins over the file; queues are in the file only.
[conf/allgo-hpc.toml](../conf/allgo-hpc.toml) is a file to begin with: every setting with its default. An unknown name
or a value out of its limits keeps the portal from starting, with a sentence that names it.

| Setting | Default | May be | What it is |
| --- | --- | --- | --- |
"""


def toml(value: Any) -> str:
    """Write a value as TOML does."""
    return json.dumps(str(value) if isinstance(value, (str, Path)) else value, ensure_ascii=False)


def limits(field: dataclasses.Field[Any]) -> str:
    """What a setting may be, for people."""
    if field.name == "queues":
        return "tables"
    if words := field.metadata["words"]:
        return ", ".join(words)
    least, most = field.metadata["least"], field.metadata["most"]
    kind = _KINDS[type(field.default)]
    if least is None:
        return kind
    return f"{kind}, {least} to {most}" if most is not None else f"{kind}, {least} or more"


def conf_text() -> str:
    parts = [_CONF_HEAD]
    plain = [field for field in FIELDS if field.name != "queues"]
    parts += [_sentence(field) + f"# {field.name} = {toml(field.default)}\n" for field in plain]
    # Last, for in TOML everything after a table's name belongs to it.
    queues = next(field for field in FIELDS if field.name == "queues")
    tables = "".join(_table(queue) for queue in DEFAULT_QUEUES)
    note = "# All of them or none: a file with one queue has that one only. Keep them at the file's end.\n"
    parts.append(_sentence(queues) + note + tables)
    return "\n".join(parts)


def page_text() -> str:
    return _PAGE_HEAD + "".join(
        f"| `{field.name}` | {_shown(field.default)} | {limits(field)} | {field.metadata['doc']} |\n"
        for field in FIELDS
    )


def _sentence(field: dataclasses.Field[Any]) -> str:
    text = f"{field.metadata['doc']} ({limits(field)})"
    return textwrap.fill(text, 110, initial_indent="# ", subsequent_indent="# ") + "\n"


def _table(queue: Queue) -> str:
    return f"# [queues.{queue.name}]\n# partition = {toml(queue.partition)}\n# minutes = {queue.minutes}\n"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "<br>".join(f"`{queue.name}`: {queue.partition}, {queue.minutes} min" for queue in value)
    return f"`{toml(value)}`"


if __name__ == "__main__":
    CONF.write_text(conf_text(), encoding="utf-8")
    PAGE.write_text(page_text(), encoding="utf-8")
