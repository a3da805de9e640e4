"""What a commit that runs as its own process prints: one JSON object a line. Pure; the reader believes nothing."""

import json
import re
from dataclasses import asdict, dataclass
from typing import Literal

from containers.surveying.entry import shown

type Step = Literal["counting", "packing", "finishing"]
_STEPS: tuple[Step, ...] = ("counting", "packing", "finishing")
_LONGEST_LINE = 65536
_MOST_NOTES, _LONGEST_TEXT = 20, 4000
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Progress:
    """How far a commit is: the step, per cent of it, bytes of the image so far and of the tree (0: not known)."""

    step: Step
    percent: int
    written: int = 0
    total: int = 0


@dataclass(frozen=True)
class Done:
    """The image is in its place, ``<out>/<sha256>.sif``; ``notes`` are for the author."""

    sha256: str
    size: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failed:
    """There is no image; the sentence is for the author. ``transient``: the same may succeed later."""

    sentence: str
    transient: bool = False
    log_tail: str = ""


type Message = Progress | Done | Failed


def write_message(message: Message) -> str:
    """Return the line, without its end."""
    return json.dumps({"kind": type(message).__name__.lower(), **asdict(message)})


def read_message(line: str) -> Message | None:
    """Read one line; None for what is no message. Texts come out without control characters, and not too long."""
    try:
        found = json.loads(line) if len(line) <= _LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    try:
        return _read(found)
    except (KeyError, TypeError, ValueError):
        return None


def _read(found: dict[str, object]) -> Message | None:
    match found["kind"]:
        case "progress":
            return _progress(found)
        case "done":
            return _done(found)
        case "failed":
            return _failed(found)
    return None


def _progress(found: dict[str, object]) -> Progress:
    step = next((step for step in _STEPS if step == found["step"]), None)
    if step is None:
        raise ValueError("step")
    return Progress(step, min(100, _number(found["percent"])), _number(found["written"]), _number(found["total"]))


def _done(found: dict[str, object]) -> Done:
    sha256, notes = found["sha256"], found["notes"]
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256) or not isinstance(notes, list):
        raise ValueError("sha256")
    return Done(sha256, _number(found["size"]), tuple(_text(note) for note in notes[:_MOST_NOTES]))


def _failed(found: dict[str, object]) -> Failed:
    tail = found["log_tail"]
    if not isinstance(tail, str):
        raise TypeError("log_tail")
    lines = "\n".join(shown(line) for line in tail[-_LONGEST_TEXT:].split("\n"))
    return Failed(_text(found["sentence"]), found["transient"] is True, lines)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise ValueError("number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text")
    return "".join(shown(character) for character in value[:_LONGEST_TEXT])
