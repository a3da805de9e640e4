"""One helper process, as its parent holds it: starts it, exchanges messages with it, ends it."""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import IO, Any

from slurm.fast.framing import LENGTH_BYTES, body_length, pack, unpack

_TOLD_BYTES = 300


class HelperGone(Exception):  # noqa: N818  # says what happened
    """The helper ended, sent nonsense or did not answer in time.

    Args:
        message: the sentence.
        sent: whether it may have got what it was asked.
    """

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


class Process:
    """A helper; used by one thread at a time.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, argv: Sequence[str], env: Mapping[str, str]) -> None:
        """Start it, in a session of its own."""
        # What it says on stderr is wanted when it ends, and must neither fill a pipe nor the log.
        self._told = os.memfd_create("told")
        fcntl.fcntl(self._told, fcntl.F_SETFL, os.O_APPEND)
        try:
            self._process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._told, env=dict(env), cwd="/",
                start_new_session=True, bufsize=0,
            )  # fmt: skip
        except OSError:
            os.close(self._told)
            raise
        self._in, self._out = _pipe(self._process.stdin), _pipe(self._process.stdout)
        os.set_blocking(self._in.fileno(), False)
        self.owner = os.getpid()
        self._ended = False

    def ask(self, message: dict[str, Any], within_s: float) -> dict[str, Any]:
        """Send a message and return its answer.

        Raises:
            HelperGone: no answer came. The helper has to be ended: the next answer would be to this question.
            BadFrame: the message is too large; nothing was sent.
        """
        deadline = time.monotonic() + within_s
        if self._process.poll() is not None:
            raise self._ended_itself(sent=False)
        self._write(pack(message), deadline)
        try:
            return self.answer(deadline - time.monotonic())
        except TimeoutError as cause:
            raise HelperGone(f"libslurm did not answer within {within_s:g} s", sent=True) from cause

    def answer(self, within_s: float) -> dict[str, Any]:
        """Return the next message.

        Raises:
            HelperGone: none came, or none of ours.
            TimeoutError: none came in time.
        """
        deadline = time.monotonic() + within_s
        try:
            length = body_length(self._read(LENGTH_BYTES, deadline))
            return unpack(self._read(length, deadline))
        except ValueError as cause:
            raise HelperGone(f"libslurm's process sent {cause}", sent=True) from cause

    def told(self) -> str:
        """Return the end of what it has written to stderr, and forget it."""
        text = os.pread(self._told, _TOLD_BYTES, max(0, os.fstat(self._told).st_size - _TOLD_BYTES))
        os.ftruncate(self._told, 0)
        return " ".join(text.decode("utf-8", "backslashreplace").split())

    def end(self) -> None:
        """Kill it, unless it is another process's child (after a fork), and close the pipes."""
        if self._ended:
            return
        self._ended = True
        if self.owner == os.getpid():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        for pipe in (self._in, self._out):
            pipe.close()
        os.close(self._told)

    def _ended_itself(self, *, sent: bool) -> HelperGone:
        return HelperGone(f"libslurm's process has ended: {self.told() or 'without a word'}", sent=sent)

    def _write(self, data: bytes, deadline: float) -> None:
        # The helper acts on whole messages only: of one that fails here the end was never sent.
        rest = memoryview(data)
        while rest:
            if not _ready(self._in, select.POLLOUT, deadline):
                raise HelperGone("libslurm's process took no question", sent=False)
            try:
                rest = rest[os.write(self._in.fileno(), rest) :]  # as much as there is room for
            except OSError as cause:
                raise self._ended_itself(sent=False) from cause

    def _read(self, count: int, deadline: float) -> bytes:
        data = bytearray()
        while len(data) < count:
            if not _ready(self._out, select.POLLIN, deadline):
                raise TimeoutError
            chunk = os.read(self._out.fileno(), count - len(data))
            if not chunk:
                raise self._ended_itself(sent=True)
            data += chunk
        return bytes(data)


def _ready(pipe: IO[bytes], event: int, deadline: float) -> bool:
    """Wait for a pipe; by poll, as a web worker has more open files than select takes."""
    poll = select.poll()
    poll.register(pipe, event)
    left_ms = (deadline - time.monotonic()) * 1000
    return left_ms > 0 and bool(poll.poll(left_ms))


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:  # pragma: no cover
        raise AssertionError("the helper was started without its pipes")
    return pipe
