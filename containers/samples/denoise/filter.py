"""The filter: a patch-based average whose window grows, after Kervrann and Boulanger (IEEE Trans. IP 15, 2006).

Each pixel becomes the average of the pixels around it whose neighbourhoods (patches) look alike, in a window that grows
with each iteration; patches are compared in the last iteration's result, where the noise is already lower.
"""

# mypy: ignore-errors
# numpy and PyWavelets are in the image only.
from collections.abc import Callable

import numpy as np
import pywt
from options import Options


def estimate_noise(image: np.ndarray) -> float:
    """Standard deviation of Gaussian noise, by the median of the finest wavelet coefficients (Donoho 1994)."""
    sigmas = []
    for channel in np.moveaxis(image, -1, 0):
        detail = pywt.dwt2(channel, "db2")[1][-1]
        detail = detail[np.nonzero(detail)]
        sigmas.append(float(np.median(np.abs(detail))) / 0.6745 if detail.size else 0.0)
    return sum(sigmas) / len(sigmas)


def mend_peaks(image: np.ndarray) -> np.ndarray:
    """Replace single pixels that lie outside everything around them by their neighbours' median."""
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode="reflect")
    height, width = image.shape[:2]
    around = np.stack([padded[y : y + height, x : x + width] for y in range(3) for x in range(3) if (y, x) != (1, 1)])
    low, high = around.min(axis=0), around.max(axis=0)
    margin = 2 * (high - low).mean()
    peak = (image > high + margin) | (image < low - margin)
    return np.where(peak, np.median(around, axis=0), image)


def stabilise(image: np.ndarray) -> np.ndarray:
    """Make Poisson noise Gaussian, of standard deviation 1 (Anscombe 1948)."""
    return 2 * np.sqrt(np.maximum(image, 0) + 0.375)


def unstabilise(image: np.ndarray) -> np.ndarray:
    """Undo `stabilise` (the asymptotically unbiased inverse)."""
    return np.maximum(image / 2, 0) ** 2 - 0.125


def _box(values: np.ndarray, radius: int) -> np.ndarray:
    """Mean over (2 radius + 1)² pixels, by running sums."""
    size = 2 * radius + 1
    padded = np.pad(values, radius, mode="reflect")
    sums = np.pad(padded.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    return (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) / size**2


def filter_image(image: np.ndarray, sigma: float, options: Options, progress: Callable[[int, int], None]) -> np.ndarray:
    """Return the filtered image.

    image: height, width, channels, float. sigma: its noise. progress: called with (done, iterations) after each.
    """
    result = image
    left = sigma
    height, width = image.shape[:2]
    for iteration in range(1, options.iter + 1):
        radius = min(iteration + 1, (min(height, width) - 1) // 2)
        strength = max(left * (1 + 0.15 * options.adapt), 1e-6) ** 2
        total = image.copy()
        weights, squares = np.ones((height, width)), np.ones((height, width))
        rim = ((radius, radius), (radius, radius), (0, 0))
        near, noisy = np.pad(result, rim, mode="reflect"), np.pad(image, rim, mode="reflect")
        for y in range(2 * radius + 1):
            for x in range(2 * radius + 1):
                if (y, x) == (radius, radius):
                    continue
                shifted = near[y : y + height, x : x + width]
                distance = _box(((result - shifted) ** 2).mean(axis=2), options.p)
                weight = np.exp(-np.maximum(distance - 2 * left**2, 0) / strength)
                weights += weight
                squares += weight**2
                total += weight[..., None] * noisy[y : y + height, x : x + width]
        result = total / weights[..., None]
        # What an average leaves of independent noise; never below a third, as neighbours now share their noise.
        left = sigma * max(float(np.sqrt((squares / weights**2).mean())), 1 / 3)
        progress(iteration, options.iter)
    return result
