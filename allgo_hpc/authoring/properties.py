"""What an author may say of an app: each property's type and limits, the same from app.toml, API and command line."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from allgo_hpc.authoring.tags import check_tags
from allgo_hpc.errors import BadInput
from allgo_hpc.near import did_you_mean
from allgo_hpc.parameters.presets import check_presets
from allgo_hpc.parameters.schema import check_parameters
from allgo_hpc.settings import Settings

LONGEST = {"title": 200, "contact": 254, "description": 100_000, "citation": 10_000}
"""Characters."""
LEAST_MB, MOST_MB = 16, 4 * 1024 * 1024
_TYPES = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}
_LONG_TEXTS = frozenset({"description", "citation", "changelog"})
_MOST_ID = 999_999_999


@dataclass(frozen=True)
class Rules:
    """What a site allows.

    Attributes:
        settings: of the portal.
        bases: names of the base images that there are.
    """

    settings: Settings
    bases: Collection[str] = ()


type _Check = Callable[[str, Any, Rules], Any]


def check_properties(values: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """Return the properties as they are kept; those that are not given are not in it.

    Raises:
        BadInput: naming the property and its limit; of an unknown one what was probably meant.
    """
    for name in values:
        if name not in _CHECKS:
            shown = name[:64] if name.isprintable() else "(what was sent)"
            raise BadInput(f"there is no property '{shown}'{did_you_mean(shown, _CHECKS)}", field=shown)
    return {name: _CHECKS[name](name, value, rules) for name, value in values.items()}


def default_properties(name: str, settings: Settings) -> dict[str, Any]:
    """Return what an app of that name has of which nothing is said."""
    queues = [queue.name for queue in settings.queues]
    return {
        "title": name,
        "description": "",
        "contact": "",
        "citation": "",
        "public": False,
        "default_queue": "standard" if "standard" in queues else queues[0],
        "memory_mb": 1024,
        "cpus": 1,
        "gpus": 0,
        "network": False,
        "disk_scratch": False,
        "rerun_after_node_failure": False,
        "input_max_bytes": None,
        "tags": [],
        "presets": [],
        "parameters": [],
    }


def check_long_text(name: str, text: str, most: int) -> str:
    """Return a text that may have several lines.

    Raises:
        BadInput: it is too long or holds another control character or a lone surrogate.
    """
    if len(text) > most:
        raise BadInput(f"'{name}' has {len(text)} characters; the limit is {most}", field=name)
    allowed = "\n\r\t" if name in _LONG_TEXTS else ""
    for character in text:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed:
            raise BadInput(f"'{name}' holds the control character U+{ord(character):04X}", field=name)
    return text


def check_within(name: str, value: int, least: int, most: int) -> int:
    """Return a number within its limits.

    Raises:
        BadInput: it is not.
    """
    if not least <= value <= most:
        raise BadInput(f"'{name}' is {value}; it may be {least} to {most}", field=name)
    return value


def _typed(name: str, value: Any, kind: type) -> Any:  # noqa: ANN401
    if type(value) is not kind:
        raise BadInput(f"'{name}' must be {_TYPES[kind]}", field=name)
    return value


def _text(name: str, value: Any, _rules: Rules) -> str:  # noqa: ANN401
    return check_long_text(name, _typed(name, value, str).strip(), LONGEST[name])


def _title(name: str, value: Any, rules: Rules) -> str:  # noqa: ANN401
    made = _text(name, value, rules)
    if not made:
        raise BadInput(f"'{name}' must have at least one character", field=name)
    return made


def _flag(name: str, value: Any, _rules: Rules) -> bool:  # noqa: ANN401
    return bool(_typed(name, value, bool))


def _number(name: str, value: Any, rules: Rules, *, least: int, most: int | str) -> int:  # noqa: ANN401
    limit = getattr(rules.settings, most) if isinstance(most, str) else most
    return check_within(name, _typed(name, value, int), least, limit)


def _input_bytes(name: str, value: Any, _rules: Rules) -> int | None:  # noqa: ANN401
    return None if value is None else check_within(name, _typed(name, value, int), 1, MOST_MB * 2**20)


def _job(name: str, value: Any, _rules: Rules) -> int | None:  # noqa: ANN401
    return None if value is None else check_within(name, _typed(name, value, int), 1, _MOST_ID)


def _queue(name: str, value: Any, rules: Rules) -> str:  # noqa: ANN401
    queues = [queue.name for queue in rules.settings.queues]
    return _one_of(name, _typed(name, value, str), queues, "queue")


def _base(name: str, value: Any, rules: Rules) -> str:  # noqa: ANN401
    return _one_of(name, _typed(name, value, str), rules.bases, "base image")


def _one_of(name: str, value: str, known: Collection[str], what: str) -> str:
    if value not in known:
        shown = value[:64] if value.isprintable() else "(what was sent)"
        raise BadInput(f"'{name}': there is no {what} '{shown}'{did_you_mean(shown, known)}", field=name)
    return value


def _without_nulls(table: Any) -> Any:  # noqa: ANN401
    """Return a table as app.toml would have it: answers tell what does not apply as null, and may be sent back."""
    return {key: value for key, value in table.items() if value is not None} if isinstance(table, dict) else table


def _list(name: str, value: Any, rules: Rules, *, check: Callable[[list[Any], Rules], Any]) -> Any:  # noqa: ANN401
    try:
        return check(_typed(name, value, list), rules)
    except BadInput as error:
        if error.field == name:
            raise
        raise BadInput(f"'{name}': {error}", field=name) from error


_CHECKS: dict[str, _Check] = {
    "title": _title,
    "description": _text,
    "contact": _text,
    "citation": _text,
    "example_job_id": _job,
    "tags": partial(_list, check=lambda value, _rules: check_tags(value)),
    "public": _flag,
    "default_queue": _queue,
    "memory_mb": partial(_number, least=LEAST_MB, most=MOST_MB),
    "cpus": partial(_number, least=1, most="cpus_max"),
    "gpus": partial(_number, least=0, most="gpus_max"),
    "network": _flag,
    "disk_scratch": _flag,
    "input_max_bytes": _input_bytes,
    "rerun_after_node_failure": _flag,
    "base": _base,
    "auto_publish": _flag,
    "presets": partial(
        _list,
        check=lambda value, rules: check_presets(value, param_max_bytes=rules.settings.param_max_bytes),
    ),
    "parameters": partial(_list, check=lambda value, _rules: check_parameters([_without_nulls(one) for one in value])),
}
PROPERTIES = tuple(_CHECKS)
"""Their names."""
