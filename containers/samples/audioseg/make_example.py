#!/usr/bin/env python3
"""Writes the example's sound: silence, chords, silence, what moves like speech, silence. The same each time."""

# ruff: noqa: PLR2004  # the numbers are the sound

import math
import random
import wave
from collections.abc import Iterator
from pathlib import Path

RATE = 8000
# start and end in seconds: what the app must find
PARTS = (
    (0.0, 1.5, "silence"),
    (1.5, 5.5, "music"),
    (5.5, 6.5, "silence"),
    (6.5, 10.9, "speech"),
    (10.9, 12.0, "silence"),
)
CHORDS = ((220.0, 277.2, 329.6), (246.9, 311.1, 370.0), (196.0, 246.9, 293.7), (220.0, 277.2, 329.6))


def music(seconds: float) -> Iterator[float]:
    """Chords of one second, each note with four harmonics."""
    for number in range(int(seconds * RATE)):
        time = number / RATE
        chord = CHORDS[int(time) % len(CHORDS)]
        ramp = min(1.0, (time % 1.0) / 0.02, (1.0 - time % 1.0) / 0.02 + 0.3)
        tone = sum(math.sin(2 * math.pi * note * part * time) / part for note in chord for part in (1, 2, 3, 4))
        yield 0.09 * ramp * tone


def speech(seconds: float) -> Iterator[float]:
    """Syllables, four a second: a hiss, then a voice of changing pitch through two changing formants."""
    chance = random.Random(20260101)  # noqa: S311  # a sound, not a secret
    phase = low = high = 0.0
    states = [0.0] * 4
    for number in range(int(seconds * RATE)):
        place = (number / RATE * 4) % 1.0
        syllable = int(number / RATE * 4)
        if place < 0.28:
            noise = chance.uniform(-1, 1)
            low, high = noise, noise - low
            yield 0.10 * high * math.sin(math.pi * place / 0.28)
            continue
        if place > 0.82:
            yield 0.0
            continue
        phase = (phase + (110 + 30 * math.sin(syllable * 2.1) + 20 * place) / RATE) % 1.0
        pulse = 1.0 - 2.0 * phase
        out = 0.0
        for formant, pitch in enumerate((350 + 130 * (syllable % 4), 1100 + 350 * (syllable * 7 % 4))):
            radius, angle = 0.97, 2 * math.pi * pitch / RATE
            first, second = states[2 * formant], states[2 * formant + 1]
            value = pulse * 0.06 + 2 * radius * math.cos(angle) * first - radius * radius * second
            states[2 * formant], states[2 * formant + 1] = value, first
            out += value
        yield 0.35 * out * math.sin(math.pi * (place - 0.28) / 0.54)


def sound() -> Iterator[float]:
    """The whole example, from -1 to 1."""
    for start, end, label in PARTS:
        length = end - start
        if label == "silence":
            yield from (0.0 for _ in range(round(length * RATE)))
        else:
            yield from (music if label == "music" else speech)(length)


if __name__ == "__main__":
    # 8 bits without sign: 128 is zero.
    data = bytes(min(255, max(0, round(128 + 127 * value))) for value in sound())
    with wave.open(str(Path(__file__).parent / "example" / "broadcast.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(data)
