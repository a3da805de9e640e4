"""Standing beside a program that runs elsewhere: passing signals on, noticing ends."""

import contextlib
import ctypes
import os
import selectors
import signal
from types import FrameType

PASSED_ON = (signal.SIGHUP, signal.SIGTERM)
# The terminal sends these to the program as well, whose business they are.
IGNORED = (signal.SIGINT, signal.SIGQUIT, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)
_PR_SET_PDEATHSIG = 1


def wait_beside(helper: int, connection: int) -> None:
    """Wait for the program's end; tell it when the client has gone, as a terminal would."""
    end = os.pidfd_open(helper)
    with selectors.DefaultSelector() as selector:
        selector.register(end, selectors.EVENT_READ)
        selector.register(connection, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _ in selector.select()}
            if end in ready:
                return
            if connection in ready:
                selector.unregister(connection)
                os.kill(helper, signal.SIGHUP)


def stand_by(child: int) -> None:
    """Pass on what is meant for the child; leave to the child what it gets from the terminal itself."""

    def pass_on(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            try:
                # Where it leads no group, a terminal's shell tells its jobs itself.
                os.killpg(child, number)
            except ProcessLookupError:
                os.kill(child, number)

    for number in PASSED_ON:
        signal.signal(number, pass_on)
    for number in IGNORED:
        signal.signal(number, signal.SIG_IGN)


def end_with_parent() -> None:
    """Get SIGHUP when the parent ends, which would have passed it on (prctl(2))."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, int(signal.SIGHUP), 0, 0, 0)


def status_of(child: int) -> int:
    """Wait for a child and return its exit status, 128 + n after signal n."""
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code
