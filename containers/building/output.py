"""What a long command prints: cut into lines, kept, shown."""

from collections import deque
from collections.abc import Callable
from typing import IO

_TAIL_LINES = 40
_LONGEST_LINE = 4096
# A program that prints without end must not fill the disk; it is drained all the same.
LARGEST_LOG_BYTES = 16 * 1024 * 1024


class Output:
    """Cuts a stream of bytes into lines, and gives each to the log, to the listener and to the tail.

    Args:
        log: a file.
        on_line: the listener.
    """

    def __init__(self, log: IO[bytes] | None, on_line: Callable[[str], None] | None) -> None:
        self._log, self._on_line = log, on_line
        self._begun = bytearray()
        self._room = LARGEST_LOG_BYTES
        self._tail: deque[str] = deque(maxlen=_TAIL_LINES)

    def take(self, data: bytes) -> None:
        """Take what has come; a line without end is cut."""
        self._begun += data
        *lines, rest = self._begun.split(b"\n")
        self._begun = bytearray(rest)
        for line in lines:
            self._line(line)
        if len(self._begun) > _LONGEST_LINE:
            self.end()

    def end(self) -> None:
        """Give out a last line that has no end."""
        if self._begun:
            self._line(self._begun)
            self._begun = bytearray()

    def _line(self, line: bytes | bytearray) -> None:
        # A bar that is drawn over itself by carriage returns is shown as its last state.
        text = bytes(line[:_LONGEST_LINE]).decode(errors="replace").rstrip("\r").rpartition("\r")[2]
        if self._log is not None and self._room > 0:
            self._log.write(text.encode()[: self._room] + b"\n")
            self._log.flush()
            self._room -= len(line) + 1
        self._tail.append(text)
        if self._on_line is not None:
            self._on_line(text)

    @property
    def tail(self) -> str:
        """The last lines."""
        return "\n".join(self._tail)
