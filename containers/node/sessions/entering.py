"""Begins a program in a sandbox that runs, and stays beside it until it ends.

Three processes: this one (root, which puts the program into the sandbox's control group), one that has become the
account and entered the namespaces, and its child in the sandbox's process ids, which becomes the program. The rights of
root are given up *before* the namespaces are entered: nothing with root's rights is ever seen from inside.
"""

import contextlib
import os
import signal
from collections.abc import Callable
from typing import NoReturn

from containers.node.accounts import Account
from containers.node.sandboxes.lifecycle import Running
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.sessions.programs import Program
from containers.node.sessions.standing_by import (
    IGNORED,
    PASSED_ON,
    end_with_parent,
    stand_by,
    status_of,
    wait_beside,
)

_SPACES = os.CLONE_NEWUSER | os.CLONE_NEWNS | os.CLONE_NEWPID | os.CLONE_NEWIPC | os.CLONE_NEWUTS | os.CLONE_NEWNET
_HOME = "/home/allgo"
_CANNOT_RUN = 126
_UNKNOWN = 127


def run_inside(account: Account, sandbox: Running, group: Group, choose: Callable[[], Program]) -> int:
    """Run a program inside and return its exit status, 128 + n after signal n.

    Args:
        account: the sandbox's.
        sandbox: its init.
        group: its control group.
        choose: is called inside, where the sandbox's files are seen, and says what to run.
    """
    spaces = os.pidfd_open(sandbox.pid)
    told, tell = os.pipe2(os.O_CLOEXEC)
    wait, go = os.pipe2(os.O_CLOEXEC)
    # sshd's process for this connection. Its end cannot be had as a signal (prctl(2), PR_SET_PDEATHSIG): it has not the
    # right to send this process, which is root's, one.
    connection = os.pidfd_open(os.getppid())
    helper = os.fork()
    if helper == 0:
        os.close(told)
        os.close(go)
        _enter(account, spaces, tell, wait, choose)
    for descriptor in (spaces, tell, wait):
        os.close(descriptor)
    stand_by(helper)
    with open(told, "rb") as pipe:  # noqa: PTH123  # a descriptor
        line = pipe.readline()
    if line.strip().isdigit():
        # Not by fork: a sandbox that has used up its processes could not be entered any more, nor be cleared.
        group.take(int(line))
        os.write(go, b"1")
    os.close(go)
    wait_beside(helper, connection)
    return status_of(helper)


def _enter(account: Account, spaces: int, tell: int, wait: int, choose: Callable[[], Program]) -> NoReturn:
    status = _CANNOT_RUN
    try:
        os.setgroups([])
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
        end_with_parent()
        os.setns(spaces, _SPACES)
        program = os.fork()
        if program == 0:
            _become_program(wait, choose)
        os.close(wait)
        stand_by(program)
        os.write(tell, f"{program}\n".encode())
        os.close(tell)
        status = status_of(program)
    except OSError as cause:
        _say(f"the sandbox cannot be entered: {cause.strerror}")
    finally:
        os._exit(status)


def _become_program(wait: int, choose: Callable[[], Program]) -> NoReturn:
    status = _CANNOT_RUN
    try:
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)
        end_with_parent()
        if not os.isatty(0):
            os.setsid()  # a group of its own, so that what it began can be reached when the client has gone
        if not os.read(wait, 1):
            os._exit(status)
        for number in (*PASSED_ON, *IGNORED, signal.SIGPIPE, signal.SIGXFSZ):
            signal.signal(number, signal.SIG_DFL)
        os.umask(0o022)
        for folder in (_HOME, "/"):
            with contextlib.suppress(OSError):
                os.chdir(folder)
                break
        program = choose()
        os.closerange(3, 1024)
        os.execve(program.file, program.words, dict(program.environment))  # noqa: S606  # no shell of the node's
    except FileNotFoundError:
        status = _UNKNOWN
        _say("the sandbox has no such program")
    except OSError as cause:
        _say(f"the program cannot be run: {cause.strerror}")
    finally:
        os._exit(status)


def _say(sentence: str) -> None:
    with contextlib.suppress(OSError):
        os.write(2, f"allgo: {sentence}\r\n".encode())
