"""A connection with an end: at its time it is shut, whatever the other side does meanwhile.

The timeout of a socket begins anew with every byte; a server that sends one now and then would hold it for days.
"""

import contextlib
import socket
import threading
import time
from typing import Self


class CutOff:
    """Shuts a connection when its time is over; used as a context."""

    def __init__(self, seconds: float) -> None:
        """Begin to count."""
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._watched: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._shut)
        self._timer.daemon = True
        self.is_over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._watched:
                each.close()
            self._watched.clear()

    @property
    def left_s(self) -> float:
        """Seconds that are left.

        Raises:
            TimeoutError: none.
        """
        self.check()
        return self._ends - time.monotonic()

    def check(self) -> None:
        """Go on only where there is time left.

        Raises:
            TimeoutError: there is none.
        """
        if self.is_over or self._ends <= time.monotonic():
            raise TimeoutError

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection too when the time is over.

        A duplicate is kept: TLS takes the socket over, and shutting one end of it shuts the connection for all.

        Raises:
            TimeoutError: it is over already.
        """
        with self._lock:
            if self.is_over:
                raise TimeoutError
            self._watched.append(connection.dup())

    def _shut(self) -> None:
        with self._lock:
            self.is_over = True
            for each in self._watched:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
