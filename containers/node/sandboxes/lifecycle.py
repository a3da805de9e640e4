"""Starting and stopping a sandbox, and knowing which of both it is. Callers hold the sandbox's lock."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from containers.node import processes
from containers.node.accounts import Account, find_account
from containers.node.durable import read_note, write_note
from containers.node.errors import NodeError
from containers.node.sandboxes import holding
from containers.node.sandboxes.disks import disk
from containers.node.sandboxes.places import Places
from containers.node.sandboxes.spaces import network
from containers.node.sandboxes.spaces.cgroups import Group
from containers.node.sandboxes.spaces.launching import launch
from containers.node.sandboxes.spaces.toolbox import INSIDE, ensure_toolbox

_GRACE_S = 5.0
_LOOK_S = 0.02
_OWN_PROGRAMS = (f"{INSIDE}/bin/tini".encode(), f"{INSIDE}/bin/busybox".encode())


@dataclass(frozen=True)
class Running:
    """A sandbox that runs: its init, as the node numbers it."""

    pid: int
    started: int


def owner_of(places: Places) -> Account:
    """Return the account of a sandbox that is there.

    Raises:
        NodeError: there is none; ``unknown_sandbox``.
    """
    account = find_account(places.name) if places.folder.is_dir() else None
    if account is None:
        raise NodeError("unknown_sandbox", f"there is no sandbox {places.name!r}")
    return account


def running(places: Places) -> Running | None:
    """Return the sandbox's init; None while it is stopped."""
    note = read_note(places.started)
    pid, started = note.get("pid"), note.get("started")
    if isinstance(pid, int) and isinstance(started, int) and processes.is_same(pid, started):
        return Running(pid, started)
    return None


def start(places: Places) -> Running:
    """Start a sandbox; one that runs is left alone. What an earlier, killed start left is cleared first.

    Raises:
        NodeError: see ``launch``, ``network.connect``; ``busy`` while files of a stopped sandbox are copied. Nothing
            runs then.
    """
    account = owner_of(places)
    found = running(places)
    if found is not None and network.carries(account, places.network_pid):
        return found
    if found is None:
        if holding.keeps_still(places):
            holding.refuse_while_held(places)
        _clear(places, account)
        places.sessions.mkdir(parents=True, exist_ok=True)
        disk.mount_disk(places.disk, places.tree)
        settings = places.settings
        group = Group(places.name)
        group.make()
        group.limit(memory_mb=settings.memory_mb, processes=settings.processes)
        try:
            pid = launch(account, places.tree, ensure_toolbox(settings), group)
        except BaseException:
            group.kill_all()
            raise
        found = Running(pid, processes.start_time(pid) or 0)
        write_note(places.activity, {"at": time.time(), "cpu_s": 0.0})
        write_note(places.started, {"pid": found.pid, "started": found.started, "at": time.time()})
    network.connect(account, found.pid, places.network_pid)
    return found


def stop(places: Places) -> None:
    """End everything in a sandbox, first by asking; its files stay.

    Raises:
        NodeError: a commit is reading it, or something does not end; ``busy``.
    """
    account = owner_of(places)
    holding.refuse_while_held(places)
    if running(places) is not None:
        _ask_to_end(places)
    _clear(places, account)


def mend(places: Places) -> None:
    """Put right what a killed helper left: nothing is said and nothing is lost if there is nothing."""
    account = find_account(places.name)
    if account is None:
        return
    holding.thaw_if_abandoned(places)
    if running(places) is None and not holding.is_held(places):
        _clear(places, account)


def _ask_to_end(places: Places) -> None:
    """Ask all that is not ours, and give it a moment to put things away.

    What has a terminal is told that it is gone (a shell heeds only that), everything else to end.
    """
    group = Group(places.name)
    for pid in _authors_processes(group):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGHUP if processes.has_terminal(pid) else signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    while _authors_processes(group) and time.monotonic() < deadline:
        time.sleep(_LOOK_S)


def _authors_processes(group: Group) -> list[int]:
    """Everything but the init and what it waits for: at the end of either the kernel kills all others."""
    found = []
    for pid in group.pids():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0] and not words[0].startswith(_OWN_PROGRAMS):
            found.append(pid)
    return found


def _clear(places: Places, account: Account) -> None:
    """Nothing of it runs, nothing is mounted."""
    note = read_note(places.started)
    if processes.is_same(note.get("pid"), note.get("started")):
        processes.end(note["pid"], note["started"])
    Group(places.name).kill_all()
    network.disconnect(account, places.network_pid)
    for path in (places.started, places.activity):
        path.unlink(missing_ok=True)
    if places.sessions.is_dir():
        for path in places.sessions.iterdir():
            path.unlink(missing_ok=True)
    # Who only reads the files needs them mounted, whether the sandbox runs or not.
    if not holding.is_held(places):
        places.frozen.unlink(missing_ok=True)
        disk.unmount_disk(places.tree)
