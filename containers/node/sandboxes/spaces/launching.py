"""Begins a sandbox: a process in namespaces of its own, which belong to the sandbox's account and not to root."""

import contextlib
import os
import selectors
import time
import traceback
from pathlib import Path
from typing import NoReturn

from containers.node.accounts import Account
from containers.node.commands import ENVIRONMENT
from containers.node.errors import NodeError
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.sandboxes.spaces.inside import READY, set_up_argv

_TIMEOUT_S = 20.0
_MOST_TOLD = 8192
_SPACES = os.CLONE_NEWNS | os.CLONE_NEWPID | os.CLONE_NEWIPC | os.CLONE_NEWUTS | os.CLONE_NEWNET


def launch(account: Account, tree: Path, toolbox: Path, group: Group) -> int:
    """Begin the sandbox and return the id of its init, as the node numbers it.

    In this order: the new process waits while it is put into its control group; it becomes the account, with no other
    group; it makes the user namespace, which therefore belongs to the account; the helper, as root, writes which ids
    are mapped; only then it makes the other namespaces and its child sets up the view. A helper that is killed in
    between closes its pipes, and what waits on them ends.

    Raises:
        NodeError: a step failed; ``failed``, with what was told.
    """
    to_child, from_child = os.pipe2(os.O_CLOEXEC), os.pipe2(os.O_CLOEXEC)
    child = os.fork()
    if child == 0:
        os.close(to_child[1])
        os.close(from_child[0])
        _become_sandbox(account, to_child[0], from_child[1], set_up_argv(str(tree), str(toolbox), account.name))
    os.close(to_child[0])
    os.close(from_child[1])
    told = _Told(from_child[0])
    try:
        group.take(child)
        os.write(to_child[1], b"1")
        told.until(b"mine\n")
        Path(f"/proc/{child}/uid_map").write_text(account.id_map)
        Path(f"/proc/{child}/gid_map").write_text(account.group_map)
        os.write(to_child[1], b"2")
        line = told.until(b"\n")
        if not line.strip().isdigit():
            raise NodeError(
                "failed", f"the sandbox could not be started: {line.decode(errors='replace').strip()[:200]}"
            )
        told.until(READY + b"\n")
        return int(line)
    except OSError as cause:
        raise NodeError("failed", f"the sandbox could not be started: {cause}") from cause
    finally:
        os.close(to_child[1])
        os.close(from_child[0])
        os.waitpid(child, 0)


class _Told:
    """What the new process says, with a time limit."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._begun = b""
        self._deadline = time.monotonic() + _TIMEOUT_S

    def until(self, end: bytes) -> bytes:
        """Return what is said up to and without ``end``."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._descriptor, selectors.EVENT_READ)
            while end not in self._begun:
                ready = selector.select(max(0.0, self._deadline - time.monotonic()))
                more = os.read(self._descriptor, 4096) if ready else b""
                if not more or len(self._begun) > _MOST_TOLD:
                    last = self._begun.decode(errors="replace").strip().splitlines()[-1:] or ["it gave no answer"]
                    raise NodeError("failed", f"the sandbox could not be started: {last[0][:200]}")
                self._begun += more
        line, _, self._begun = self._begun.partition(end)
        return line


def _become_sandbox(account: Account, go: int, tell: int, argv: tuple[str, ...]) -> NoReturn:
    """The new process; it never returns into the helper's code."""
    try:
        os.setsid()
        _wait_for(go)
        os.setgroups([])
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
        os.unshare(os.CLONE_NEWUSER)
        os.write(tell, b"mine\n")
        _wait_for(go)
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        os.unshare(_SPACES)
        told, telling = os.pipe()
        first = os.fork()
        if first:
            os.write(tell, f"{first}\n".encode())
            os._exit(0)
        # On a busy machine it was ready before its number had been told.
        os.close(telling)
        os.read(told, 1)
        os.close(go)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        for descriptor in (1, 2, 3):
            os.dup2(tell, descriptor)
        os.closerange(4, 1024)
        os.umask(0o022)
        os.execve(argv[0], argv, ENVIRONMENT)  # noqa: S606  # no shell between: the words are this project's
    except BaseException:  # whatever it is, it is told to the helper and ends here
        with contextlib.suppress(OSError):
            os.write(tell, traceback.format_exc(limit=0).encode()[:1000] + b"\n")
    os._exit(1)


def _wait_for(go: int) -> None:
    if not os.read(go, 1):
        raise RuntimeError("the helper is gone")
