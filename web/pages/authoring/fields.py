"""What a form's texts stand for, as the domain takes them; pure. What is no number stays a text, which it refuses."""

import re
from collections.abc import Mapping
from typing import Any

from allgo_hpc.errors import BadInput
from allgo_hpc.models import App
from allgo_hpc.parameters.values import read_word

TEXTS = ("title", "description", "contact", "citation", "default_queue", "base")
NUMBERS = ("memory_mb", "cpus", "gpus")
TICKS = ("public", "network", "disk_scratch", "rerun_after_node_failure", "auto_publish")
NAMES = {"input_max_bytes": "input_max_mb"}
"""The domain's field to the form's, where they differ."""
_WHOLE = re.compile(r"[0-9]{1,15}")
_MB = 2**20


def one_line_ends(text: str) -> str:
    """Return a text with the line ends of this system; browsers send those of the network."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def properties_of(form: Mapping[str, str]) -> dict[str, Any]:
    """Return an app's properties as the form gives them; what it does not have is left out but for ticks."""
    made: dict[str, Any] = {name: one_line_ends(form[name]) for name in TEXTS if name in form}
    made |= {name: _whole(form[name]) for name in NUMBERS if name in form}
    made |= {name: bool(form.get(name)) for name in TICKS}
    if "tags" in form:
        made["tags"] = tags_of(form["tags"])
    if "example_job_id" in form:
        made["example_job_id"] = _whole(form["example_job_id"]) or None
    if "input_max_mb" in form:
        made["input_max_bytes"] = _bytes(form["input_max_mb"].strip())
    return made


def form_of(app: App) -> dict[str, Any]:
    """Return what the form of an app's properties shows."""
    made: dict[str, Any] = {name: getattr(app, name) for name in (*TEXTS, *NUMBERS, *TICKS)}
    most = app.input_max_bytes
    made["input_max_mb"] = "" if most is None else f"{most / _MB:.9f}".rstrip("0").rstrip(".")
    return made | {
        "public": "1" if app.public else "",  # chosen from a list, unlike the ticks
        "tags": ", ".join(app.tags or []),
        "example_job_id": app.example_job_id,
    }


def tags_of(text: str) -> list[str]:
    """Return the words between commas."""
    return [word for part in text.split(",") if (word := part.strip())]


def number_of(text: str) -> float | str:
    """Return the number that a text is; the text itself where it is none."""
    try:
        return read_word({"type": "number", "name": ""}, text.strip())
    except BadInput:
        return text


def _whole(text: str) -> int | str:
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else text


def _bytes(text: str) -> int | str | None:
    number = number_of(text)
    return (number or None) if isinstance(number, str) else int(number * _MB)
