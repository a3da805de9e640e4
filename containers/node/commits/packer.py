"""A process that packs as root of a sandbox's own ids: a fork of the helper, which has read its code already."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, NoReturn, Self

from containers.node import processes
from containers.node.accounts import Account
from containers.node.commands import ENVIRONMENT
from containers.node.errors import NodeError

_MOST_DESCRIPTORS = 1 << 20
_MINE = "mine\n"


class Packer:
    """The process; what it prints is ``lines``. At the end of the block it is ended, if it has not ended by itself.

    In this order: it gives up root and every other group; it makes the user namespace, which therefore belongs to the
    account; the helper, as root, writes which ids are mapped; only then it works. Outside it has no more rights than
    the account. It keeps nothing of the helper's open: neither a lock nor the pipe by which the guardian learns of the
    end of whoever holds the sandbox.

    Args:
        account: the sandbox's.
        work: what it does; its result is the exit status.
        last_s: seconds that it gets to put things away.

    Raises:
        NodeError: it could not be begun.
    """

    lines: IO[str]

    def __init__(self, account: Account, work: Callable[[], int], *, last_s: float) -> None:
        self._account, self._work, self._last_s = account, work, last_s
        self._pid = self._started = 0

    def __enter__(self) -> Self:
        mapped, tell_mapped = os.pipe2(os.O_CLOEXEC)
        told, tell = os.pipe2(os.O_CLOEXEC)
        self._pid = os.fork()
        if self._pid == 0:
            os.close(tell_mapped)
            _become_packer(self._account, mapped, tell, self._work)
        os.close(mapped)
        os.close(tell)
        self.lines = open(told, encoding="utf-8", errors="replace")  # noqa: PTH123  # a descriptor
        try:
            self._started = processes.start_time(self._pid) or 0
            self._map_ids()
            os.write(tell_mapped, b"1")
        except OSError as cause:
            self._end()
            raise NodeError("failed", f"the sandbox could not be packed: {cause.strerror}") from cause
        except BaseException:
            self._end()
            raise
        finally:
            os.close(tell_mapped)
        return self

    def _map_ids(self) -> None:
        if self.lines.readline() != _MINE:
            raise NodeError("failed", "the build node could not become the sandbox's account to pack it")
        Path(f"/proc/{self._pid}/uid_map").write_text(self._account.id_map)
        Path(f"/proc/{self._pid}/gid_map").write_text(self._account.group_map)

    def __exit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        # A reader that goes away ends it as well, but then it could not say why.
        if self._started and not processes.end(self._pid, self._started, by=signal.SIGTERM, wait_s=self._last_s):
            processes.end(self._pid, self._started)
        self.lines.close()
        os.waitpid(self._pid, 0)


def _become_packer(account: Account, mapped: int, tell: int, work: Callable[[], int]) -> NoReturn:
    """The new process; it never returns into the helper's code."""
    status = 1
    try:
        os.setgroups([])
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
        os.dup2(mapped, 0)
        os.dup2(tell, 1)
        os.dup2(tell, 2)
        os.closerange(3, _MOST_DESCRIPTORS)
        os.unshare(os.CLONE_NEWUSER)
        os.write(1, _MINE.encode())
        if os.read(0, 1):
            os.setresgid(0, 0, 0)
            os.setresuid(0, 0, 0)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.chdir("/")
            os.environ.clear()
            os.environ.update(ENVIRONMENT)
            sys.stdout = sys.stderr = os.fdopen(1, "w", encoding="utf-8", closefd=False)
            status = work()
            sys.stdout.flush()
    finally:
        os._exit(status)
