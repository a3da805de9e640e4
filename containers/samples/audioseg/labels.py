"""From features to segments: rules that need no library."""

# ruff: noqa: PLR2004  # the numbers are the method

import math
from dataclasses import dataclass

SOUNDS = (".wav", ".flac", ".ogg", ".oga", ".mp3")
SILENCE, MUSIC, SPEECH = "silence", "music", "speech"


class UsageError(Exception):
    """What the user gave cannot be used; the text says what to give instead."""


@dataclass(frozen=True)
class Options:
    """How to cut: the shortest segment in seconds, and the level below which there is silence, in dBFS."""

    min: float = 0.6
    silence: float = -50.0


@dataclass(frozen=True)
class Window:
    """What was measured around one moment.

    level: energy in dBFS. modulation: how much of the energy's movement is at the rate of syllables (2 to 8 Hz), from
    0 to 1. crossings: standard deviation of the zero-crossing rate. flux: how much the spectrum changes from frame to
    frame.
    """

    level: float
    modulation: float
    crossings: float
    flux: float


@dataclass(frozen=True)
class Segment:
    """A stretch of one label, in seconds."""

    start: float
    end: float
    label: str


def parse(words: list[str]) -> Options:
    """Return the options that `-name value` words give."""
    values: dict[str, float] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word not in {"-min", "-silence"}:
            raise UsageError(f"unknown option {word!r}. The options are: -min S -silence DB")
        try:
            value = float(rest.pop(0))
        except (IndexError, ValueError):
            value = math.nan
        if word == "-min" and not 0 <= value <= 60:
            raise UsageError("-min takes seconds from 0 to 60, such as -min 0.6")
        if word == "-silence" and not -120 <= value < 0:
            raise UsageError("-silence takes a level below 0 dBFS, such as -silence -50")
        values[word[1:]] = value
    return Options(**values)


def inputs(names: list[str]) -> list[str]:
    """Return those file names that are sounds, in order."""
    found = sorted(name for name in names if name.lower().endswith(SOUNDS))
    if not found:
        raise UsageError("no sound was given. Please add at least one file: " + ", ".join(f"*{end}" for end in SOUNDS))
    return found


def classify(window: Window, options: Options) -> str:
    """Say what one window is. Speech moves at the rate of syllables, and changes between voice and hiss."""
    if window.level < options.silence:
        return SILENCE
    votes = (window.modulation > 0.5) + (window.crossings > 0.05) + (window.flux > 0.35)
    return SPEECH if votes >= 2 else MUSIC


def smooth(found: list[str], width: int) -> list[str]:
    """Let the majority of the ``width`` windows around each decide; silence is not outvoted, it is heard at once."""
    half = width // 2
    result = []
    for position, label in enumerate(found):
        around = found[max(0, position - half) : position + half + 1]
        sounding = [one for one in around if one != SILENCE]
        winner = max(sorted(set(sounding)), key=sounding.count) if sounding else SILENCE
        result.append(label if label == SILENCE else winner)
    return result


def segments(found: list[str], hop: float, length: float, shortest: float) -> list[Segment]:
    """Join equal neighbours, then give segments that are too short to the longer of their neighbours.

    found: one label for each ``hop`` seconds. length: of the whole, in seconds.
    """
    runs = _joined([(1, label) for label in found])
    while len(runs) > 1:
        at = min(range(len(runs)), key=lambda number: runs[number][0])
        if runs[at][0] * hop >= shortest:
            break
        sides = [side for side in (at - 1, at + 1) if 0 <= side < len(runs)]
        longer = max(sides, key=lambda number: runs[number][0])
        runs[at] = (runs[at][0], runs[longer][1])
        runs = _joined(runs)
    result, start = [], 0.0
    for number, (count, label) in enumerate(runs):
        end = length if number == len(runs) - 1 else start + count * hop
        result.append(Segment(round(start, 2), round(end, 2), label))
        start = end
    return result


def _joined(runs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Join neighbours of the same label."""
    joined: list[tuple[int, str]] = []
    for count, label in runs:
        if joined and joined[-1][1] == label:
            joined[-1] = (joined[-1][0] + count, label)
        else:
            joined.append((count, label))
    return joined
