"""A sandbox's network: its own, carried by pasta (passt), which has no more rights than the sandbox's account.

What goes out are connections that pasta makes as that account; nothing comes in. Tried with passt 2025-05-03.
"""

import contextlib
import os
import signal
from pathlib import Path

from containers.node import processes
from containers.node.accounts import Account, as_account
from containers.node.commands import run
from containers.node.sandboxes.spaces.cgroups import Group

# Names are asked of this address, which pasta hands on to the node's own name server, also to one on its loopback.
NAME_SERVER = "169.254.1.1"


def pasta_argv(account: Account, pid: int, pid_file: Path) -> tuple[str, ...]:
    """Return the command that gives process ``pid``'s network namespace its way out. Pure."""
    return (
        *as_account(account),
        "pasta",
        "--quiet",
        "--config-net",
        # No port of the sandbox is opened on the node, and none of the node's in the sandbox.
        *("-t", "none", "-u", "none", "-T", "none", "-U", "none"),
        # By default the gateway's address would lead to the node's loopback (passt(1)).
        "--no-map-gw",
        *("--dns-forward", NAME_SERVER),
        *("--pid", str(pid_file)),
        str(pid),
    )


def connect(account: Account, pid: int, pid_file: Path) -> None:
    """Give a sandbox its network; pasta goes to the background once it carries.

    Raises:
        NodeError: it could not be set up; ``failed``.
    """
    disconnect(account, pid_file)
    # pasta writes as the account, which may not make a file in this folder.
    descriptor = os.open(pid_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchown(descriptor, account.uid, account.gid)
    finally:
        os.close(descriptor)
    run(*pasta_argv(account, pid, pid_file), timeout_s=20.0)
    # Not in the group of whoever logged in first: that ends with them on a machine with systemd.
    group = Group(".network")
    group.make()
    with contextlib.suppress(ProcessLookupError, ValueError):
        group.take(int(pid_file.read_text()))


def carries(account: Account, pid_file: Path) -> bool:
    """True while a sandbox's network is carried."""
    return _carrier(account, pid_file) is not None


def disconnect(account: Account, pid_file: Path) -> None:
    """End what carries a sandbox's network."""
    found = _carrier(account, pid_file)
    if found is not None:
        processes.end(*found, by=signal.SIGKILL)
    pid_file.unlink(missing_ok=True)


def _carrier(account: Account, pid_file: Path) -> tuple[int, int] | None:
    """Return who carries. The file is the account's own, so what it names is looked at twice."""
    try:
        pid = int(pid_file.read_text())
        owner, comm = Path(f"/proc/{pid}").stat().st_uid, Path(f"/proc/{pid}/comm").read_text().strip()
    except (OSError, ValueError):
        return None
    started = processes.start_time(pid)
    right = started is not None and owner == account.uid and comm.startswith(("pasta", "passt"))
    return (pid, started) if right and started is not None else None
