"""What is measured of a sound. Classic features: Scheirer and Slaney, ICASSP 1997."""

# ruff: noqa: PLR2004  # the numbers are the method
# mypy: ignore-errors
# numpy is in the image only.

import numpy as np
from labels import Window

FRAME, STEP = 0.032, 0.016  # seconds
HOP = 0.1  # one label for each
AROUND = 0.5  # seconds before and after that decide about it
QUIET = 0.08  # seconds whose level decides about silence


def measure(samples: np.ndarray, rate: int) -> list[Window]:
    """Return one window for each ``HOP`` seconds. samples: one channel, from -1 to 1."""
    size, step = max(int(FRAME * rate), 16), max(int(STEP * rate), 8)
    count = max(1, 1 + (len(samples) - size) // step)
    samples = np.pad(samples, (0, max(0, size + (count - 1) * step - len(samples))))
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::step][:count]
    energy = (frames**2).mean(axis=1)
    signs = np.signbit(frames)
    crossings = (signs[:, 1:] != signs[:, :-1]).mean(axis=1)
    spectra = np.abs(np.fft.rfft(frames * np.hanning(size), axis=1))
    spectra /= np.linalg.norm(spectra, axis=1, keepdims=True) + 1e-9
    flux = np.r_[0.0, np.linalg.norm(np.diff(spectra, axis=0), axis=1)]
    length = len(samples) / rate
    return [_window(moment, energy, crossings, flux) for moment in np.arange(0, max(length, HOP), HOP)]


def _window(moment: float, energy: np.ndarray, crossings: np.ndarray, flux: np.ndarray) -> Window:
    """Put together what lies around one moment."""
    per_second = 1 / STEP
    middle = (moment + HOP / 2) * per_second
    near = _part(energy, middle, QUIET * per_second)
    wide = _part(energy, middle, AROUND * per_second)
    # Silence beside a sound says nothing about the sound.
    audible = wide > max(wide.max() * 1e-3, 1e-9)
    level = 10 * np.log10(near.mean() + 1e-12)
    zero = _part(crossings, middle, AROUND * per_second)[audible]
    change = _part(flux, middle, AROUND * per_second)[audible]
    return Window(
        level=round(float(level), 2),
        modulation=round(_modulation(wide), 4),
        crossings=round(float(zero.std()) if zero.size else 0.0, 4),
        flux=round(float(np.median(change)) if change.size else 0.0, 4),
    )


def _part(values: np.ndarray, middle: float, half: float) -> np.ndarray:
    begin = int(max(0, min(middle - half, len(values) - 1)))
    return values[begin : max(begin + 1, int(middle + half) + 1)]


def _modulation(energy: np.ndarray) -> float:
    """How much of the energy's movement is at 2 to 8 Hz, weighted by how deep the movement is."""
    loudness = np.sqrt(energy)
    if len(loudness) < 16 or loudness.mean() < 1e-6:
        return 0.0
    moved = loudness / loudness.mean() - 1
    power = np.abs(np.fft.rfft(moved * np.hanning(len(moved)))) ** 2
    rates = np.fft.rfftfreq(len(moved), STEP)
    share = power[(rates >= 2) & (rates <= 8)].sum() / (power[rates >= 1].sum() + 1e-12)
    return float(share * min(1.0, moved.std() / 0.5))
