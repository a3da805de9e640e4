"""Remembers for a few seconds what was asked of a machine elsewhere: however many look, it is asked once."""

import threading
import time
from collections.abc import Callable


class Remembered[T]:
    """One answer, asked for anew when it is too old; who comes while it is asked for waits for the same one."""

    def __init__(self, ask: Callable[[], T], seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Take what asks, and for how long its answer serves; ``ask`` raises nothing."""
        self._ask = ask
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._answer: tuple[float, T] | None = None

    def get(self) -> T:
        """Return the answer."""
        with self._lock:
            now = self._clock()
            if self._answer is None or not 0 <= now - self._answer[0] < self._seconds:
                self._answer = (now, self._ask())
                # How long the asking took counts: an answer that came late serves as long as any other.
                self._answer = (self._clock(), self._answer[1])
            return self._answer[1]
